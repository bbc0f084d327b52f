// People and how they sign in: the top level (login to register), session, mfa, token, user.
#include "common/protocol/method_tables.hpp"

namespace vault::protocol {
namespace {

using Words = std::string_view;
using enum ParamType;

constexpr Param secret(std::string_view name, std::string_view doc) {
    return flag(name, doc).kept_secret();
}

constexpr Param kUserWord = word("name", "login name or id");
constexpr Param kCode = secret("code", "six digits of the authenticator app, or a recovery code");
constexpr Param kPassword = secret("password", "the password in force");

constexpr Param kLogin[] = {
    word("name", "login name"),
    secret("password", "the user's password").need(),
    kCode,
    flag("origin", "what the client says of itself, such as its terminal").hidden(),
};
constexpr Param kPasswd[] = {
    Param(kPassword).need(),
    secret("new_password", "the password to be used from now on").need(),
};
constexpr Param kRegister[] = {
    word("name", "the login name that is wanted"),
    secret("password", "the password to sign in with once an admin has approved").need(),
};
constexpr Param kSessionRevoke[] = {
    maybe_word("session", "the session, such as s3"),
    flag("all", "every session but this one", Bool),
};
constexpr Param kEnroll[] = {Param(kPassword).need()};
constexpr Param kCodeNeeded[] = {Param(kCode).need()};
constexpr Param kTokenCreate[] = {
    word("label", "a name for people, such as the job that will use it"),
    flag("methods", "a method that it may call, such as vault.show, or report.* for all of a noun")
        .many()
        .need(),
    flag("expires", "how long it is valid, such as 30d (default 90d)", Duration),
    flag("rate", "calls a minute (default 10)", Integer).within(1, 600),
};
constexpr Param kTokenOnly[] = {word("token", "the token's id, such as t2")};
constexpr Param kUserCreate[] = {
    word("name", "login name"),
    flag("role", "what the user may do", Enum).among("admin|moderator|member|auditor").need(),
    secret("password", "the first password, which the user has to change"),
};
constexpr Param kUserOnly[] = {kUserWord};
constexpr Param kUserShow[] = {word("name", "login name")};
constexpr Param kSetPassword[] = {
    kUserWord,
    secret("password", "the new password, which the user has to change").need(),
};
constexpr Param kSetRole[] = {
    kUserWord,
    word("role", "what the user may do from now on", Enum).among("admin|moderator|member|auditor"),
};
constexpr Param kPermit[] = {
    kUserWord,
    flag("add", "give this permission", Enum).among("trade|allocate|keys|reports|live").many(),
    flag("remove", "take this permission", Enum).among("trade|allocate|keys|reports|live").many(),
};
constexpr Param kUserWallets[] = {
    kUserWord,
    flag("add", "select the wallets of this asset", Asset).many(),
    flag("remove", "deselect the wallets of this asset", Asset).many(),
};

constexpr Words kLoginEx[] = {"vaultctl login alice",
                              "vaultctl login alice --password-file alice.password"};
constexpr Words kLogoutEx[] = {"vaultctl logout"};
constexpr Words kWhoamiEx[] = {"vaultctl whoami"};
constexpr Words kPasswdEx[] = {"vaultctl passwd"};
constexpr Words kRegisterEx[] = {"vaultctl register carol"};
constexpr Words kSessionListEx[] = {"vaultctl session list"};
constexpr Words kSessionRevokeEx[] = {"vaultctl session revoke s3",
                                      "vaultctl session revoke --all"};
constexpr Words kEnrollEx[] = {"vaultctl mfa enroll"};
constexpr Words kConfirmEx[] = {"vaultctl mfa confirm"};
constexpr Words kVerifyEx[] = {"vaultctl mfa verify"};
constexpr Words kDisableEx[] = {"vaultctl mfa disable"};
constexpr Words kMfaStatusEx[] = {"vaultctl mfa status"};
constexpr Words kTokenCreateEx[] = {
    "vaultctl token create nightly --methods 'report.*' --out nightly.token",
    "vaultctl token create watch --methods status --methods vault.show --expires 30d --rate 60"};
constexpr Words kTokenListEx[] = {"vaultctl token list"};
constexpr Words kTokenRevokeEx[] = {"vaultctl token revoke t2"};
constexpr Words kUserCreateEx[] = {
    "vaultctl user create alice --role member",
    "vaultctl user create alice --role member --password-file first.password"};
constexpr Words kUserListEx[] = {"vaultctl user list -o csv"};
constexpr Words kUserShowEx[] = {"vaultctl user show alice"};
constexpr Words kUserWalletsEx[] = {"vaultctl user wallets alice --add USDT --add EUR",
                                    "vaultctl user wallets alice"};
constexpr Words kApproveEx[] = {"vaultctl user approve carol"};
constexpr Words kUserDisableEx[] = {"vaultctl user disable carol"};
constexpr Words kUserEnableEx[] = {"vaultctl user enable carol"};
constexpr Words kSetPasswordEx[] = {"vaultctl user set-password carol"};
constexpr Words kSetRoleEx[] = {"vaultctl user set-role carol auditor"};
constexpr Words kPermitEx[] = {"vaultctl user permit carol --add live --remove keys"};

constexpr Method kTable[] = {
    {.name = "login",
     .summary = "Sign in, for this user of the system on this machine",
     .noun = "",
     .verb = "login",
     .params = kLogin,
     .object = Object::Session,
     .right = Right::Open,
     .mutates = true,
     .primary = "user",
     .examples = kLoginEx,
     .detail = "The session ends 30 minutes after its last call and 12 hours after its start. It "
               "holds for the uid that signed in, in every terminal of it."},
    {.name = "logout",
     .summary = "End this session",
     .noun = "",
     .verb = "logout",
     .object = Object::Session,
     .right = Right::Session,
     .risk = Risk::Lowers,
     .mutates = true,
     .primary = "session",
     .examples = kLogoutEx},
    {.name = "whoami",
     .summary = "Who the daemon takes you for, and what you may do",
     .noun = "",
     .verb = "whoami",
     .right = Right::Open,
     .primary = "name",
     .examples = kWhoamiEx},
    {.name = "passwd",
     .summary = "Change your password",
     .noun = "",
     .verb = "passwd",
     .params = kPasswd,
     .object = Object::User,
     .right = Right::Self,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "changed_at",
     .examples = kPasswdEx,
     .detail = "Ends your other sessions. What counts is length: no mix of letters and signs is "
               "asked for, and well-known passwords are refused."},
    {.name = "register",
     .summary = "Ask to become a member",
     .noun = "",
     .verb = "register",
     .params = kRegister,
     .object = Object::User,
     .right = Right::Open,
     .mutates = true,
     .primary = "status",
     .examples = kRegisterEx,
     .detail = "Whoever can connect may ask. Nobody can sign in under the name before an admin or "
               "a moderator has approved it with user approve."},
    {.name = "session.list",
     .summary = "List your sessions",
     .noun = "session",
     .verb = "list",
     .object = Object::Session,
     .right = Right::Session,
     .primary = "id",
     .examples = kSessionListEx},
    {.name = "session.revoke",
     .summary = "End one of your sessions, or all others",
     .noun = "session",
     .verb = "revoke",
     .params = kSessionRevoke,
     .object = Object::Session,
     .right = Right::Session,
     .risk = Risk::Lowers,
     .mutates = true,
     .primary = "revoked",
     .examples = kSessionRevokeEx},
    {.name = "mfa.enroll",
     .summary = "Begin with a second factor: an authenticator app",
     .noun = "mfa",
     .verb = "enroll",
     .params = kEnroll,
     .object = Object::Factor,
     .right = Right::Self,
     .mutates = true,
     .primary = "uri",
     .examples = kEnrollEx,
     .detail = "Shows a picture for the app to read. Nothing is asked for at sign-in until mfa "
               "confirm has proved that the app works."},
    {.name = "mfa.confirm",
     .summary = "Prove that the app works, and switch it on",
     .noun = "mfa",
     .verb = "confirm",
     .params = kCodeNeeded,
     .object = Object::Factor,
     .right = Right::Self,
     .mutates = true,
     .primary = "recovery_codes",
     .examples = kConfirmEx,
     .detail = "Shows the recovery codes, this once: each signs in a single time without the app."},
    {.name = "mfa.verify",
     .summary = "Show the second factor anew for this session",
     .noun = "mfa",
     .verb = "verify",
     .params = kCodeNeeded,
     .object = Object::Factor,
     .right = Right::Session,
     .mutates = true,
     .primary = "stepped_up_until",
     .examples = kVerifyEx,
     .detail = "What raises risk asks for it if it was not shown lately. On a terminal vaultctl "
               "asks by itself when a command needs it."},
    {.name = "mfa.disable",
     .summary = "Stop asking for the second factor",
     .noun = "mfa",
     .verb = "disable",
     .object = Object::Factor,
     .right = Right::Self,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "user",
     .examples = kDisableEx},
    {.name = "mfa.status",
     .summary = "Whether you have a second factor",
     .noun = "mfa",
     .verb = "status",
     .object = Object::Factor,
     .right = Right::Session,
     .primary = "second_factor",
     .examples = kMfaStatusEx},
    {.name = "token.create",
     .summary = "Create a token for a robot, such as a cron job",
     .noun = "token",
     .verb = "create",
     .params = kTokenCreate,
     .object = Object::Token,
     .right = Right::Self,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "token",
     .examples = kTokenCreateEx,
     .detail = "Shown this once; keep it in a file of mode 0600 and name that with --token-file. "
               "It holds for the uid that created it, calls no method but those, and never one "
               "that raises risk."},
    {.name = "token.list",
     .summary = "List your tokens",
     .noun = "token",
     .verb = "list",
     .object = Object::Token,
     .right = Right::Self,
     .primary = "id",
     .examples = kTokenListEx},
    {.name = "token.revoke",
     .summary = "End one of your tokens",
     .noun = "token",
     .verb = "revoke",
     .params = kTokenOnly,
     .object = Object::Token,
     .right = Right::Self,
     .risk = Risk::Lowers,
     .mutates = true,
     .primary = "id",
     .examples = kTokenRevokeEx},
    {.name = "user.create",
     .summary = "Create a user",
     .noun = "user",
     .verb = "create",
     .params = kUserCreate,
     .object = Object::User,
     .right = Right::Admin,
     .risk = Risk::Raises,
     .mutates = true,
     .bootstrap = true,
     .primary = "name",
     .examples = kUserCreateEx,
     .detail = "Without a password the user cannot sign in until user set-password gives one."},
    {.name = "user.list",
     .summary = "List the users",
     .noun = "user",
     .verb = "list",
     .object = Object::User,
     .primary = "name",
     .examples = kUserListEx},
    {.name = "user.show",
     .summary = "Show a user: wallets, accounts, vaults and sums",
     .noun = "user",
     .verb = "show",
     .params = kUserShow,
     .object = Object::User,
     .primary = "name",
     .examples = kUserShowEx,
     .detail = "Amounts of different assets or modes are never added up."},
    {.name = "user.wallets",
     .summary = "Show or change a user's selected wallets",
     .noun = "user",
     .verb = "wallets",
     .params = kUserWallets,
     .object = Object::User,
     .right = Right::Allocate,
     .mutates = true,
     .primary = "wallets",
     .examples = kUserWalletsEx,
     .detail = "A vault can only be created on a wallet whose asset is selected."},
    {.name = "user.approve",
     .summary = "Let a member in who has registered",
     .noun = "user",
     .verb = "approve",
     .params = kUserOnly,
     .object = Object::User,
     .right = Right::Moderate,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "status",
     .examples = kApproveEx},
    {.name = "user.disable",
     .summary = "Keep a user out, and end the user's sessions",
     .noun = "user",
     .verb = "disable",
     .params = kUserOnly,
     .object = Object::User,
     .right = Right::Admin,
     .risk = Risk::Lowers,
     .mutates = true,
     .primary = "status",
     .examples = kUserDisableEx,
     .detail = "The user's vaults go on as they are; pause them to stop them."},
    {.name = "user.enable",
     .summary = "Let a disabled user sign in again",
     .noun = "user",
     .verb = "enable",
     .params = kUserOnly,
     .object = Object::User,
     .right = Right::Admin,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "status",
     .examples = kUserEnableEx},
    {.name = "user.set_password",
     .summary = "Give another user a new password",
     .noun = "user",
     .verb = "set-password",
     .params = kSetPassword,
     .object = Object::User,
     .right = Right::Moderate,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "user",
     .examples = kSetPasswordEx,
     .detail = "Ends the user's sessions. The user has to change the password at the next "
               "sign-in. Your own is changed by passwd."},
    {.name = "user.set_role",
     .summary = "Change what a user may do",
     .noun = "user",
     .verb = "set-role",
     .params = kSetRole,
     .object = Object::User,
     .right = Right::Admin,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "role",
     .examples = kSetRoleEx},
    {.name = "user.permit",
     .summary = "Give or take permissions of a user",
     .noun = "user",
     .verb = "permit",
     .params = kPermit,
     .object = Object::User,
     .right = Right::Admin,
     .risk = Risk::Raises,
     .mutates = true,
     .primary = "permissions",
     .examples = kPermitEx,
     .detail = "Permissions narrow a role: without trade, allocate, keys or reports its commands "
               "are refused, and without live only paper vaults may be traded."},
};

}  // namespace

std::span<const Method> identity_methods() {
    return kTable;
}

}  // namespace vault::protocol
