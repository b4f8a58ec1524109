"""The console at `/console`: every page and deed with the role that it needs, in one table."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Route

from linkspan.doors.console.accounts import Accounts
from linkspan.doors.console.deliveries import Deliveries
from linkspan.doors.console.finder import Finder
from linkspan.doors.console.guard import Guard, Place
from linkspan.doors.console.keys import Keys
from linkspan.doors.console.logs import Logs
from linkspan.doors.console.me import Me
from linkspan.doors.console.members import Members
from linkspan.doors.console.pages import ConsolePages
from linkspan.doors.console.profile_wizard import ProfileWizard
from linkspan.doors.console.profiles import Profiles
from linkspan.doors.console.projects import Projects
from linkspan.doors.console.provider import OwnProvider, Provider
from linkspan.doors.console.replay import RunPages
from linkspan.doors.console.settings import ProjectSettings
from linkspan.doors.console.sign_in import SignIn
from linkspan.doors.console.simulator import SimulatorPage
from linkspan.doors.console.start import Start
from linkspan.doors.console.tester import Tester
from linkspan.doors.console.webhooks import Webhooks
from linkspan.people_records import Role
from linkspan.usecases.hall import Hall

HERE = "/console/p/{project}"


def places(pages: ConsolePages, sign_in: SignIn) -> Sequence[Place]:
    """Everything that needs somebody signed in."""
    start, accounts, logs, keys, members = (Start(pages), Accounts(pages), Logs(pages), Keys(pages), Members(pages))
    me, own_provider = Me(pages), OwnProvider(pages)
    tester, finder, runs = Tester(pages), Finder(pages), RunPages(pages)
    developer, owner = Role.DEVELOPER, Role.OWNER
    return (
        Place("GET", "/console", start.enter),
        Place("GET", "/console/me", me.show),
        Place("POST", "/console/me", me.change_password),
        Place("POST", "/console/me/provider", own_provider.bind),
        Place("POST", "/console/me/provider/remove", own_provider.unbind),
        Place("POST", "/console/me/sign-out-elsewhere", me.sign_out_elsewhere),
        Place("POST", "/console/me/anew", me.sign_in_anew),
        Place("GET", "/console/me/passkeys/options", me.passkey_options),
        Place("POST", "/console/me/passkeys", me.add_passkey),
        Place("POST", "/console/me/passkeys/{passkey}/remove", me.remove_passkey),
        Place("POST", "/console/sign-out", sign_in.leave),
        Place("GET", HERE, start.show),
        Place("GET", f"{HERE}/connectors", start.connectors),
        *_profile_places(pages),
        Place("GET", f"{HERE}/accounts", accounts.list),
        Place("POST", f"{HERE}/accounts", accounts.link, developer),
        Place("GET", f"{HERE}/accounts/{{account}}", accounts.show),
        Place("POST", f"{HERE}/accounts/{{account}}", accounts.change, developer),
        Place("POST", f"{HERE}/accounts/{{account}}/check", accounts.check, developer),
        Place("POST", f"{HERE}/accounts/{{account}}/relink", accounts.relink, developer),
        Place("GET", f"{HERE}/logs", logs.list),
        Place("GET", f"{HERE}/live/logs", logs.live, by_script=True),
        Place("GET", f"{HERE}/logs/{{run}}", runs.show),
        Place("POST", f"{HERE}/logs/{{run}}/replay", runs.replay, developer),
        Place("GET", f"{HERE}/tester", tester.show),
        Place("POST", f"{HERE}/tester", tester.submit, developer),
        Place("GET", f"{HERE}/keys", keys.list),
        Place("POST", f"{HERE}/keys", keys.create, developer),
        Place("POST", f"{HERE}/keys/{{key}}", keys.switch, developer),
        Place("POST", f"{HERE}/keys/{{key}}/delete", keys.delete, developer),
        Place("GET", f"{HERE}/members", members.list),
        Place("POST", f"{HERE}/members", members.add, owner),
        Place("POST", f"{HERE}/members/{{person}}", members.change, owner),
        Place("POST", f"{HERE}/members/{{person}}/invitation", members.invite_again, owner),
        Place("POST", f"{HERE}/members/{{person}}/remove", members.remove, owner),
        *_webhook_places(pages),
        Place("GET", f"{HERE}/find", finder.show),
        Place("GET", f"{HERE}/find.json", finder.answer),
        *_settings_places(pages),
        Place("GET", f"{HERE}/simulator", SimulatorPage(pages).show),
    )


def _settings_places(pages: ConsolePages) -> Sequence[Place]:
    settings, projects, owner = ProjectSettings(pages), Projects(pages), Role.OWNER
    return (
        Place("GET", "/console/projects", projects.list),
        Place("POST", "/console/projects", projects.make),
        Place("GET", f"{HERE}/settings", settings.show, owner),
        Place("POST", f"{HERE}/settings/name", settings.rename, owner),
        Place("POST", f"{HERE}/settings/brand", settings.brand, owner),
        Place("GET", f"{HERE}/settings/keys", settings.progress, owner),
        Place("POST", f"{HERE}/settings/keys", settings.rotate, owner),
    )


def _profile_places(pages: ConsolePages) -> Sequence[Place]:
    profiles, wizard, developer = Profiles(pages), ProfileWizard(pages), Role.DEVELOPER
    kind, one = f"{HERE}/profiles/new/{{connector}}/{{method}}", f"{HERE}/profiles/{{profile}}"
    return (
        Place("GET", "/console/profiles", profiles.find),
        Place("GET", "/console/profiles/{profile}", profiles.find),
        Place("GET", f"{HERE}/profiles", profiles.list),
        Place("GET", f"{HERE}/profiles/new", wizard.gallery),
        Place("GET", kind, wizard.show),
        Place("POST", kind, wizard.create, developer),
        Place("GET", one, profiles.show),
        Place("POST", one, profiles.change, developer),
        Place("POST", f"{one}/proof", profiles.prove, developer),
        Place("POST", f"{one}/switch", profiles.switch, developer),
        Place("POST", f"{one}/test", profiles.test, developer),
        Place("POST", f"{one}/delete", profiles.delete, developer),
    )


def _webhook_places(pages: ConsolePages) -> Sequence[Place]:
    webhooks, deliveries, developer = Webhooks(pages), Deliveries(pages), Role.DEVELOPER
    one = f"{HERE}/webhooks/{{webhook}}"
    return (
        Place("GET", f"{HERE}/webhooks", webhooks.list),
        Place("POST", f"{HERE}/webhooks", webhooks.create, developer),
        Place("GET", one, webhooks.show),
        Place("POST", one, webhooks.change, developer),
        Place("POST", f"{one}/switch", webhooks.switch, developer),
        Place("POST", f"{one}/test", webhooks.try_out, developer),
        Place("POST", f"{one}/rotate", webhooks.rotate, developer),
        Place("POST", f"{one}/replay", webhooks.replay, developer),
        Place("POST", f"{one}/delete", webhooks.delete, developer),
        Place("GET", f"{one}/deliveries/{{event}}", deliveries.show),
        Place("POST", f"{one}/deliveries/{{event}}/replay", deliveries.replay, developer),
        Place("GET", f"{HERE}/deliveries", deliveries.list),
    )


def routes(hall: Hall) -> list[BaseRoute]:
    """The routes of the console: its doorstep, then what is behind the guard."""
    pages = ConsolePages(hall)
    guard, sign_in = Guard(hall, pages), SignIn(hall, pages)
    provider = Provider(hall, sign_in)
    return [
        Route("/console/sign-in", guard.shown(sign_in.show), methods=["GET"]),
        Route("/console/sign-in", guard.shown(sign_in.submit), methods=["POST"]),
        Route("/console/sign-in/passkey/options", guard.shown(sign_in.passkey_options), methods=["GET"]),
        Route("/console/sign-in/passkey", guard.shown(sign_in.submit_passkey), methods=["POST"]),
        Route("/console/oidc", guard.shown(provider.enter), methods=["GET"]),
        Route("/console/oidc/callback", guard.shown(provider.come_back), methods=["GET"]),
        Route("/console/oidc/sign-out", guard.shown(provider.sign_out), methods=["GET"]),
        Route("/console/first", guard.shown(sign_in.first), methods=["POST"]),
        Route("/console/join/{token}", guard.shown(provider.join), methods=["GET"]),
        Route("/console/join/{token}", guard.shown(sign_in.joined), methods=["POST"]),
        *(guard.route(place) for place in places(pages, sign_in)),
    ]
