"""Compiles a declared connector into its actions, once at start."""

from collections.abc import Mapping
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
)
from linkspan.connectors.contract import Entity
from linkspan.connectors.descriptions import action_brief, action_description, list_columns
from linkspan.connectors.examples import action_example
from linkspan.connectors.loader import ConnectorSource
from linkspan.connectors.names import snake_case, title
from linkspan.connectors.permissions import action_rights
from linkspan.connectors.schemas import (
    body_group,
    headers_group,
    input_schema,
    output_schema,
    path_group,
    query_group,
    required_groups,
)
from linkspan.connectors.spec import AccountFieldSpec, AuthMethodSpec, ResourceSpec
from linkspan.connectors.vocabulary import QUERY_ALIASES, SEPARATORS
from linkspan.model import Verb

ANNOTATIONS = MappingProxyType(
    {
        Verb.LIST: Annotations(read_only=True, destructive=False, idempotent=True),
        Verb.GET: Annotations(read_only=True, destructive=False, idempotent=True),
        Verb.CREATE: Annotations(read_only=False, destructive=False, idempotent=False),
        Verb.UPDATE: Annotations(read_only=False, destructive=True, idempotent=True),
        Verb.DELETE: Annotations(read_only=False, destructive=True, idempotent=True),
    }
)
"""An update overwrites what was there, so it counts as destructive, as in MCP's definition."""


def compile_connector(source: ConnectorSource) -> Connector:
    """The connector with all its actions. The source has no mistakes any more, so nothing here can fail."""
    spec = source.spec
    actions = [
        _Resource(source, key, resource).action(verb)
        for key, resource in source.resources.items()
        for verb in resource.verbs
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
    )


def _limits(source: ConnectorSource) -> ProviderLimits:
    limits = source.spec.limits
    return ProviderLimits(
        limits.concurrent, limits.requests, float(limits.window), limits.max_page, limits.default_page
    )


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

    def action(self, verb: Verb) -> Action:
        spec, entity, resource = self._source.spec, self._entity, self._resource
        name = self._key if verb is Verb.LIST else snake_case(entity.name)
        parent = self._parent() if verb in {Verb.LIST, Verb.CREATE} else None
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
            required_scopes=resource.scopes or spec.required_scopes,
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
        )

    @property
    def _company_path(self) -> str | None:
        return self._source.spec.company_path if self._resource.company else None

    def _path(self, verb: Verb, parent: Parent | None) -> str:
        """Below the service root: a list or create of a child goes through its parent, one record is reached by its own id."""
        below = [self._company_path] if self._company_path else []
        if parent is not None:
            below += [f"{parent.entity.set}({{{parent.parameter}}})", parent.link]
        else:
            below.append(self._entity.set if verb in {Verb.LIST, Verb.CREATE} else f"{self._entity.set}({{id}})")
        return "/".join(below)

    def _parent(self) -> Parent | None:
        if self._resource.parent is None:
            return None
        above: Entity = self._source.contract.entities[self._source.resources[self._resource.parent].entity]
        link = next(link for link in above.links.values() if link.many and link.entity == self._entity.name)
        return Parent(above, f"{snake_case(above.name)}_id", link.name, link.target_field)

    def _input(self, verb: Verb, parent: Parent | None) -> Mapping[str, object]:
        entity, resource, contract = self._entity, self._resource, self._source.contract
        return input_schema(
            {
                "path": path_group(verb, entity, parent, contract, company_scoped=self._company_path is not None),
                "query": query_group(verb, entity, resource, contract, _limits(self._source)),
                "body": body_group(verb, entity, resource, contract),
                "headers": headers_group(verb),
            }
        )
