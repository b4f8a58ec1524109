"""The typed vocabulary of connector.yaml, resources.yaml and permissions.yaml: small, closed, and without expressions."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from linkspan.model import Verb

KEY_PATTERN = r"^[a-z][a-z0-9-]{1,39}$"
NAME_PATTERN = r"^[a-z][a-z0-9_]{0,49}$"

Text = Annotated[str, Field(min_length=1)]
Sentence = Annotated[str, Field(min_length=1, pattern=r"\.$")]
Origin = Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+(:[0-9]+)?$")]
Rights = Annotated[str, Field(pattern=r"^R?I?M?D?$", min_length=1)]
SeparatorName = Literal["space", "comma", "newline", "plus"]
Example = Mapping[str, object]


class Spec(BaseModel):
    """Declared data: frozen, and every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ChoiceSpec(Spec):
    """A value chosen from a list after sign-in."""

    action: Text = Field(
        description="the list action that offers the choices, without the connector's key, such as list_companies"
    )
    value: Text = Field(description="the record field that becomes the account field's value")
    label: Text = Field(description="the record field that people see in the list")
    also: Mapping[str, Text] = Field(
        default={}, description="other account fields filled from the chosen record: {account field: record field}"
    )


class AccountFieldSpec(Spec):
    """One value that tells where a linked account points."""

    label: Text = Field(description="the field's name on the link page")
    about: Sentence = Field(description="a sentence telling what it is and where to find it")
    pattern: str | None = Field(default=None, description="a regular expression that the whole value matches")
    example: str | None = Field(default=None, description="an invented value of the right form")
    asked: Literal["before_sign_in", "after_sign_in", "never"] = Field(
        default="before_sign_in",
        description="when the person linking is asked; never: it is filled by another field's choice",
    )
    choose: ChoiceSpec | None = Field(
        default=None, description="where the choices come from, for a field asked after sign-in"
    )


class AnyTenantSpec(Spec):
    """How somebody signs in without naming a tenant: the provider's word for any, and where it tells which tenant it was."""

    word: Text = Field(description="what stands in the tenant's place in the URLs, such as organizations")
    scopes: tuple[Text, ...] = Field(
        default=(), description="scopes asked for besides, so that an ID token is answered"
    )
    claim: Text = Field(description="the claim of the ID token that names the tenant, such as tid")


class AuthMethodSpec(Spec):
    """One way to sign in. URLs hold {placeholders} of origins and of account fields asked before sign-in."""

    label: Text = Field(description="the method's name for people, such as OAuth 2.0")
    kind: Text = Field(description="the named behaviour: oauth2_authorization_code or oauth2_client_credentials")
    authorize_url: Text | None = Field(
        default=None, description="the address of the sign-in page, for oauth2_authorization_code"
    )
    token_url: Text = Field(description="the address of the token endpoint")
    discovery_url: str | None = Field(
        default=None, description="the address of the OpenID configuration, which resolves a domain name to a tenant"
    )
    admin_consent_url: str | None = Field(
        default=None, description="the address where an administrator agrees for everybody"
    )
    client_auth: Text = Field(
        default="client_secret_post",
        description="the named behaviour that proves the application: client_secret_post, client_secret_basic or private_key_jwt",
    )
    sign_in_parameters: Mapping[str, Text] = Field(
        default={}, description="parameters of the sign-in page's address besides those of OAuth itself"
    )
    refresh_reuse: Literal["tolerated", "revokes"] = Field(
        default="tolerated",
        description="what the provider does when a refresh token is used again: tolerated, or it revokes the grant",
    )
    refresh_idle_days: int | None = Field(
        default=None, ge=1, description="after how many days without use the provider forgets a refresh token"
    )
    scope_separator: SeparatorName = Field(
        default="space", description="how scopes are joined: space, comma, newline or plus"
    )
    always_scopes: tuple[Text, ...] = Field(
        default=(), description="scopes asked for at every sign-in besides those of the actions"
    )
    fixed_scopes: tuple[Text, ...] = Field(
        default=(), description="scopes asked for in place of those of the actions, such as one that stands for all"
    )
    any_tenant: AnyTenantSpec | None = Field(
        default=None, description="how somebody signs in without naming a tenant, if the provider lets them"
    )


class ScopeSpec(Spec):
    """One scope that actions may need."""

    about: Sentence = Field(description="a sentence telling what the scope allows")
    includes: tuple[Text, ...] = Field(default=(), description="other scopes of this connector that it covers")


class LimitsSpec(Spec):
    """What the provider allows one linked user."""

    concurrent: int = Field(ge=1, description="requests at the same time")
    requests: int = Field(ge=1, description="requests in one window")
    window: int = Field(ge=1, description="length of the window in seconds")
    max_page: int = Field(ge=1, description="rows in the largest page")
    default_page: int = Field(ge=1, description="rows in a page when the caller does not say")
    settles: int = Field(
        default=600,
        ge=0,
        description="seconds after which a write whose connection was lost can no longer be under way at the provider",
    )


class ConnectorSpec(Spec):
    """connector.yaml: who the provider is, how one signs in, where its service is, and what it allows."""

    key: str = Field(
        pattern=KEY_PATTERN,
        description="the connector's key: lower-case letters, digits and hyphens, the same as the folder's name",
    )
    name: Text = Field(description="the provider's product name")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$", description="the connector's own version, such as 1.0.0")
    about: Sentence = Field(description="a sentence telling what the connector is for")
    protocol: Text = Field(description="the named behaviour that turns actions into requests: odata_v4")
    pagination: Text = Field(description="the named behaviour that walks lists: odata_next_link or odata_top_next_link")
    faults: Text = Field(description="the named behaviour that reads error answers: business_central or http_status")
    enum_literals: Text = Field(
        default="text", description="the named behaviour that writes enum members in filters: text or qualified"
    )
    origins: Mapping[str, Origin] = Field(
        min_length=1, description="host names for URL templates: {name: https origin}"
    )
    api_root: Text = Field(description="URL template of the service root")
    company_path: str | None = Field(
        default=None,
        description="path template put before each resource that belongs to a company; its placeholder is {company_id}",
    )
    headers: Mapping[str, Text] = Field(default={}, description="headers sent with every request")
    account_fields: Mapping[str, AccountFieldSpec] = Field(description="what tells where an account points")
    auth_methods: Mapping[str, AuthMethodSpec] = Field(min_length=1, description="the ways to sign in")
    scopes: Mapping[str, ScopeSpec] = Field(min_length=1, description="the scopes that actions need")
    required_scopes: tuple[Text, ...] = Field(
        min_length=1, description="scopes that an action needs unless its resource says otherwise"
    )
    limits: LimitsSpec = Field(description="what the provider allows one linked user")
    refused_before_acting: tuple[Text, ...] = Field(
        default=(), description="error codes that the provider answers only before it acts"
    )
    modified_field: Text | None = Field(
        default=None, description="the field of records that tells when they were last changed, by the provider's clock"
    )


class SeenBySpec(Spec):
    """How the record itself shows whether an operation was done with it, for writes whose answer was lost."""

    field: Text | None = Field(default=None, description="the record's field that tells, such as status")
    done: tuple[Text, ...] = Field(default=(), description="values of the field that the operation leads to")
    not_done: tuple[Text, ...] = Field(default=(), description="values of the field before the operation")
    deletes: bool = Field(
        default=False, description="true: the operation deletes the record, so while it is there nothing was done"
    )


class OperationSpec(Spec):
    """One thing that the provider does with a record besides changing its fields, such as posting it."""

    about: Sentence = Field(description="what it does and what cannot be undone, in a sentence or two")
    name: str | None = Field(
        default=None,
        pattern=NAME_PATTERN,
        description="the action's name without the connector's key, such as make_order_from_sales_quote; left out: operation and entity",
    )
    makes: Text | None = Field(default=None, description="the entity of the record that it makes, whose id is answered")
    seen_by: SeenBySpec | None = Field(default=None, description="how the record shows whether it was done")


class ResourceSpec(Spec):
    """One resource: which entity of the contract, which verbs, and what to say about them."""

    entity: Text = Field(description="the contract's entity, such as customer")
    about: Sentence | None = Field(default=None, description="a sentence telling what the records are")
    verbs: tuple[Verb, ...] = Field(min_length=1, description="some of list, get, create, update, delete")
    parent: str | tuple[Text, ...] | None = Field(
        default=None,
        description="the resource key that a list is asked below, or several of which the caller names one",
    )
    alone: bool = Field(default=True, description="false: one record, too, is reached only below its parent")
    company: bool = Field(default=True, description="false: the resource is not inside a company")
    also: tuple[Text, ...] = Field(
        default=(), description="other words and languages' words for the records, by which they are found"
    )
    columns: tuple[Text, ...] = Field(
        default=(), description="fields of a list that people use; left out: the key, names and those of filter_by"
    )
    filter_by: tuple[Text, ...] = Field(default=(), description="fields for simple filters")
    expand: tuple[Text, ...] = Field(default=(), description="links that may be read together with a record")
    nested: tuple[Text, ...] = Field(
        default=(), description="links whose records may be created together with a record"
    )
    required: tuple[Text | tuple[Text, ...], ...] = Field(
        default=(), description="fields that a create needs; a list among them means: at least one of these"
    )
    identified_by: tuple[Text, ...] = Field(
        default=(),
        description="fields that callers may give and of whose values, taken together, the provider keeps one record only",
    )
    told_apart_by: tuple[Text, ...] = Field(
        default=(),
        description="fields that callers give to tell records apart: a record that differs in one is another",
    )
    notes: Mapping[Verb, Sentence] = Field(default={}, description="one more sentence for a verb")
    left_out: Mapping[Verb, Sentence] = Field(
        default={}, description="verbs that the contract offers and the provider cannot serve, each with the reason"
    )
    scopes: tuple[Text, ...] | Mapping[Verb, tuple[Text, ...]] = Field(
        default=(),
        description="scopes that replace the connector's required_scopes: a list for all verbs, or one by verb",
    )
    example: Example = Field(default={}, description="body of a valid create (or update), with invented values")
    operations: Mapping[Text, OperationSpec] = Field(
        default={}, description="the contract's operations that become actions: {operation: {about, name, makes}}"
    )
    default: bool | tuple[Verb, ...] = Field(
        default=True, description="which of its actions a new profile allows: true (all), false, or a list of verbs"
    )

    def scopes_of(self, verb: Verb) -> tuple[str, ...]:
        """The scopes of its own that `verb` needs; none where the connector's required_scopes hold."""
        return self.scopes.get(verb, ()) if isinstance(self.scopes, Mapping) else self.scopes


class TableRightsSpec(Spec):
    """Provider tables that a resource's actions touch, with the rights they need: letters of R (read), I (insert), M (modify), D (delete)."""

    read: Mapping[str, Rights] = Field(default={}, description="for every verb: {table: rights}")
    create: Mapping[str, Rights] = Field(default={}, description="for create, besides read: {table: rights}")
    update: Mapping[str, Rights] = Field(default={}, description="for update, besides read: {table: rights}")
    delete: Mapping[str, Rights] = Field(default={}, description="for delete, besides read: {table: rights}")
    act: Mapping[str, Rights] = Field(default={}, description="for operations, besides read: {table: rights}")


class PermissionsSpec(Spec):
    """permissions.yaml: the tables behind the resources, for the smallest permission set of chosen actions."""

    tables: Mapping[str, int] = Field(description="object id of each table: {table name: id}")
    resources: Mapping[str, TableRightsSpec] = Field(description="rights by resource key")


ResourcesSpec = TypeAdapter(dict[Annotated[str, Field(pattern=NAME_PATTERN)], ResourceSpec])


def editor_schema() -> dict[str, object]:
    """JSON Schema for editors: `properties` hold one schema for each file, named connector.yaml, resources.yaml and permissions.yaml."""
    template = "#/$defs/{model}"
    files = {
        "connector.yaml": ConnectorSpec.model_json_schema(ref_template=template),
        "resources.yaml": ResourcesSpec.json_schema(ref_template=template),
        "permissions.yaml": PermissionsSpec.model_json_schema(ref_template=template),
    }
    shared: dict[str, object] = {}
    for schema in files.values():
        shared |= schema.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Files of a Linkspan connector",
        "type": "object",
        "properties": files,
        "$defs": shared,
    }
