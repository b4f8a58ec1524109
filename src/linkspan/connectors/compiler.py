"""Compiles a declared connector into its actions, once at start."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from linkspan.connectors.action import (
    AccountField,
    Action,
    Annotations,
    AnyTenant,
    AuthMethod,
    Choice,
    Connector,
    Parent,
    ProviderLimits,
    Scope,
    SeenBy,
)
from linkspan.connectors.descriptions import action_brief, action_description, list_columns
from linkspan.connectors.examples import action_example
from linkspan.connectors.loader import ConnectorSource
from linkspan.connectors.names import snake_case, title
from linkspan.connectors.permissions import action_rights
from linkspan.connectors.schemas import (
    act_output,
    body_group,
    headers_group,
    input_schema,
    output_schema,
    path_group,
    query_group,
    required_groups,
)
from linkspan.connectors.spec import AccountFieldSpec, AuthMethodSpec, OperationSpec, ResourceSpec, SeenBySpec
from linkspan.connectors.vocabulary import QUERY_ALIASES, SEPARATORS
from linkspan.model import Verb

ANNOTATIONS = MappingProxyType(
    {
        Verb.LIST: Annotations(read_only=True, destructive=False, idempotent=True),
        Verb.GET: Annotations(read_only=True, destructive=False, idempotent=True),
        Verb.CREATE: Annotations(read_only=False, destructive=False, idempotent=False),
        Verb.UPDATE: Annotations(read_only=False, destructive=True, idempotent=True),
        Verb.DELETE: Annotations(read_only=False, destructive=True, idempotent=True),
        Verb.ACT: Annotations(read_only=False, destructive=True, idempotent=False),
    }
)
"""An update overwrites what was there, so it counts as destructive, as in MCP's definition."""


def compile_connector(source: ConnectorSource) -> Connector:
    """The connector with all its actions. The source has no mistakes any more, so nothing here can fail."""
    spec = source.spec
    actions = [
        action for key, resource in source.resources.items() for action in _Resource(source, key, resource).actions()
    ]
    return Connector(
        key=spec.key,
        name=spec.name,
        version=spec.version,
        about=spec.about,
        protocol=spec.protocol,
        faults=spec.faults,
        pagination=spec.pagination,
        origins=MappingProxyType(dict(spec.origins)),
        api_root=spec.api_root,
        account_fields=tuple(_account_field(spec.key, name, field) for name, field in spec.account_fields.items()),
        auth_methods=MappingProxyType(
            {key: _auth_method(key, method, source) for key, method in spec.auth_methods.items()}
        ),
        scopes=MappingProxyType(
            {name: Scope(name, scope.about, scope.includes) for name, scope in spec.scopes.items()}
        ),
        limits=_limits(source),
        contract=source.contract,
        actions=MappingProxyType({action.id: action for action in actions}),
        guides=source.guides,
        logo_svg=source.logo_svg,
        headers=MappingProxyType(dict(spec.headers)),
        refused_before_acting=frozenset(spec.refused_before_acting),
        aliases=MappingProxyType(QUERY_ALIASES.get(spec.protocol, {})),
        tables=MappingProxyType(dict(source.permissions.tables)),
        enum_literals=spec.enum_literals,
        modified_field=spec.modified_field,
    )


def _limits(source: ConnectorSource) -> ProviderLimits:
    limits = source.spec.limits
    return ProviderLimits(
        limits.concurrent,
        limits.requests,
        float(limits.window),
        limits.max_page,
        limits.default_page,
        float(limits.settles),
    )


def _seen_by(told: SeenBySpec | None) -> SeenBy | None:
    return SeenBy(told.field, frozenset(told.done), frozenset(told.not_done), told.deletes) if told else None


def _account_field(connector: str, name: str, field: AccountFieldSpec) -> AccountField:
    choose = field.choose
    choice = (
        Choice(f"{connector}_{choose.action}", choose.value, choose.label, MappingProxyType(dict(choose.also)))
        if choose
        else None
    )
    return AccountField(name, field.label, field.about, field.pattern, field.example, field.asked, choice)


def _auth_method(key: str, method: AuthMethodSpec, source: ConnectorSource) -> AuthMethod:
    free = method.any_tenant
    return AuthMethod(
        key=key,
        label=method.label,
        kind=method.kind,
        authorize_url=method.authorize_url,
        token_url=method.token_url,
        discovery_url=method.discovery_url,
        scope_separator=SEPARATORS[method.scope_separator],
        always_scopes=method.always_scopes,
        admin_consent_url=method.admin_consent_url,
        client_auth=method.client_auth,
        sign_in_parameters=MappingProxyType(dict(method.sign_in_parameters)),
        refresh_reuse=method.refresh_reuse,
        refresh_idle_days=method.refresh_idle_days,
        fixed_scopes=method.fixed_scopes,
        any_tenant=AnyTenant(free.word, free.scopes, free.claim) if free else None,
        guides=MappingProxyType({guide.kind: guide for guide in source.guides.values() if guide.method == key}),
    )


class _Resource:
    """One resource while its actions are made."""

    def __init__(self, source: ConnectorSource, key: str, resource: ResourceSpec) -> None:
        self._source = source
        self._key = key
        self._resource = resource
        self._entity = source.contract.entities[resource.entity]

    def actions(self) -> list[Action]:
        """One for each verb, then one for each operation."""
        chosen = self._resource.default
        allowed = (*self._resource.verbs, Verb.ACT) if chosen is True else chosen or ()
        made = [self.action(verb) for verb in self._resource.verbs]
        made += [self.act(name, told) for name, told in self._resource.operations.items()]
        return [replace(action, default=action.verb in allowed) for action in made]

    def act(self, operation: str, told: OperationSpec) -> Action:
        """The action that does an operation of the provider with one record."""
        spec, entity, contract = self._source.spec, self._entity, self._source.contract
        name = told.name or f"{snake_case(operation)}_{snake_case(entity.name)}"
        makes = contract.entities[told.makes] if told.makes else None
        company = self._company_path is not None
        path = path_group(Verb.ACT, entity, None, contract, company_scoped=company)
        return Action(
            id=f"{spec.key}_{name}",
            label=title(name),
            description=told.about,
            connector=spec.key,
            resource=self._key,
            verb=Verb.ACT,
            entity=entity,
            contract=contract,
            annotations=ANNOTATIONS[Verb.ACT],
            required_scopes=self._resource.scopes_of(Verb.ACT) or spec.required_scopes,
            path=f"{self._path(Verb.ACT, None)}/{contract.namespace}.{operation}",
            input_schema=input_schema({"path": path, "headers": headers_group(Verb.ACT, contract)}),
            output_schema=act_output(makes),
            example=action_example(Verb.ACT, self._resource, entity, None),
            company_scoped=company,
            rights=action_rights(Verb.ACT, entity, self._source.permissions.resources.get(self._key)),
            brief=told.about,
            operation=operation,
            makes=makes,
            seen_by=_seen_by(told.seen_by),
        )

    def action(self, verb: Verb) -> Action:
        """The action of a verb on the records themselves."""
        spec, entity, resource = self._source.spec, self._entity, self._resource
        name = self._key if verb is Verb.LIST else snake_case(entity.name)
        parent = self._parent() if verb in {Verb.LIST, Verb.CREATE} or not resource.alone else None
        links = resource.expand if verb in {Verb.LIST, Verb.GET} else ()
        return Action(
            id=f"{spec.key}_{verb}_{name}",
            label=title(f"{verb}_{name}"),
            description=action_description(verb, self._key, resource, entity),
            connector=spec.key,
            resource=self._key,
            verb=verb,
            entity=entity,
            contract=self._source.contract,
            annotations=ANNOTATIONS[verb],
            required_scopes=resource.scopes_of(verb) or spec.required_scopes,
            path=self._path(verb, parent),
            input_schema=self._input(verb, parent),
            output_schema=output_schema(verb, entity, links, self._source.contract),
            example=action_example(verb, resource, entity, parent),
            parent=parent,
            company_scoped=self._company_path is not None,
            filter_fields=resource.filter_by if verb is Verb.LIST else (),
            expand_links=links,
            nested_links=resource.nested if verb is Verb.CREATE else (),
            required=required_groups(resource) if verb is Verb.CREATE else (),
            rights=action_rights(verb, entity, self._source.permissions.resources.get(self._key)),
            notes=resource.notes.get(verb),
            brief=action_brief(verb, self._key, resource, entity),
            also=resource.also,
            columns=list_columns(resource, entity) if verb is Verb.LIST else (),
            identified_by=resource.identified_by if verb is Verb.CREATE else (),
            told_apart_by=resource.told_apart_by if verb is Verb.CREATE else (),
        )

    @property
    def _company_path(self) -> str | None:
        return self._source.spec.company_path if self._resource.company else None

    def _path(self, verb: Verb, parent: Parent | None) -> str:
        """Below the service root: a list or create of a child goes through its parent, one record is mostly reached by its own id."""
        below = [self._company_path] if self._company_path else []
        if parent is not None:
            above = "{parent}" if parent.choice else parent.entity.set
            below.append(f"{above}({{{parent.parameter}}})")
        name = self._entity.set if parent is None else parent.link
        below.append(name if verb in {Verb.LIST, Verb.CREATE} else f"{name}({{id}})")
        return "/".join(below)

    def _parent(self) -> Parent | None:
        if self._resource.parent is None:
            return None
        named = self._resource.parent
        contract, resources = self._source.contract, self._source.resources
        keys = (named,) if isinstance(named, str) else named
        above = [contract.entities[resources[key].entity] for key in keys]
        link = next(link for link in above[0].links.values() if link.many and link.entity == self._entity.name)
        if isinstance(named, str):
            return Parent(above[0], f"{snake_case(above[0].name)}_id", link.name, link.target_field)
        return Parent(above[0], "parent_id", link.name, choice={entity.set: entity for entity in above})

    def _input(self, verb: Verb, parent: Parent | None) -> Mapping[str, object]:
        entity, resource, contract = self._entity, self._resource, self._source.contract
        return input_schema(
            {
                "path": path_group(verb, entity, parent, contract, company_scoped=self._company_path is not None),
                "query": query_group(verb, entity, resource, contract, _limits(self._source)),
                "body": body_group(verb, entity, resource, contract),
                "headers": headers_group(verb, contract),
            }
        )
