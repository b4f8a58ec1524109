"""Pictures of customers, vendors, employees, items and contacts: bytes, and what they say of themselves."""

from pictures_of import Pictures

CUSTOMER, VENDOR, EMPLOYEE, ITEM, CONTACT = (
    ("customers", "Customer"),
    ("vendors", "Vendor"),
    ("employees", "Employee"),
    ("items", "Item"),
    ("contacts", "Contact"),
)


def test_Pictures__TestGetPictureValueCustomer(desk):
    Pictures(desk, *CUSTOMER).value_matches()


def test_Pictures__TestGetPictureMetadataCustomer(desk):
    Pictures(desk, *CUSTOMER).metadata_matches()


def test_Pictures__TestGetPictureValueCustomerWithoutPicture(desk):
    Pictures(desk, *CUSTOMER).has_no_value()


def test_Pictures__TestGetPictureMetadataCustomerWithoutPicture(desk):
    Pictures(desk, *CUSTOMER).has_blank_metadata()


def test_Pictures__TestPictureUploadCustomer(desk):
    Pictures(desk, *CUSTOMER).uploads()


def test_Pictures__TestPictureReplaceCustomer(desk):
    Pictures(desk, *CUSTOMER).replaces()


def test_Pictures__TestPictureDeleteCustomer(desk):
    Pictures(desk, *CUSTOMER).deletes()


def test_Pictures__TestGetPictureValueVendor(desk):
    Pictures(desk, *VENDOR).value_matches()


def test_Pictures__TestGetPictureValueVendorWithoutPicture(desk):
    Pictures(desk, *VENDOR).has_no_value()


def test_Pictures__TestGetPictureMetadataVendorWithoutPicture(desk):
    Pictures(desk, *VENDOR).has_blank_metadata()


def test_Pictures__TestPictureReplaceVendor(desk):
    Pictures(desk, *VENDOR).replaces()


def test_Pictures__TestPictureDeleteVendor(desk):
    Pictures(desk, *VENDOR).deletes()


def test_Pictures__TestGetPictureValueEmployee(desk):
    Pictures(desk, *EMPLOYEE).value_matches()


def test_Pictures__TestGetPictureMetadataEmployee(desk):
    Pictures(desk, *EMPLOYEE).metadata_matches()


def test_Pictures__TestGetPictureValueEmployeeWithoutPicture(desk):
    Pictures(desk, *EMPLOYEE).has_no_value()


def test_Pictures__TestGetPictureMetadataEmployeeWithoutPicture(desk):
    Pictures(desk, *EMPLOYEE).has_blank_metadata()


def test_Pictures__TestPictureUploadEmployee(desk):
    Pictures(desk, *EMPLOYEE).uploads()


def test_Pictures__TestPictureDeleteEmployee(desk):
    Pictures(desk, *EMPLOYEE).deletes()


def test_Pictures__TestGetPictureValueItem(desk):
    Pictures(desk, *ITEM).value_matches()


def test_Pictures__TestGetPictureMetadataItem(desk):
    Pictures(desk, *ITEM).metadata_matches()


def test_Pictures__TestGetPictureMetadatItemWithoutPicture(desk):
    Pictures(desk, *ITEM).has_blank_metadata()


def test_Pictures__TestPictureUploadItem(desk):
    Pictures(desk, *ITEM).uploads()


def test_Pictures__TestPictureReplaceItem(desk):
    Pictures(desk, *ITEM).replaces()


def test_Pictures__TestPictureDeleteItem(desk):
    Pictures(desk, *ITEM).deletes()


def test_Pictures__TestGetPictureValueContact(desk):
    Pictures(desk, *CONTACT).value_matches()


def test_Pictures__TestGetPictureMetadataContact(desk):
    Pictures(desk, *CONTACT).metadata_matches()


def test_Pictures__TestGetPictureValueContactWithoutPicture(desk):
    Pictures(desk, *CONTACT).has_no_value()


def test_Pictures__TestGetPictureMetadataContactWithoutPicture(desk):
    Pictures(desk, *CONTACT).has_blank_metadata()


def test_Pictures__TestPictureUploadContact(desk):
    Pictures(desk, *CONTACT).uploads()


def test_Pictures__TestPictureDeleteContact(desk):
    Pictures(desk, *CONTACT).deletes()
