#pragma once
// Parameters that several command groups read, and the shortest way from parameters to the engine:
// a pure function of the parameters, or of the call, makes the command, submit<> does the rest.
// Pure; any thread. Errors: InvalidParams with the field set.
#include "daemon/control/call.hpp"
#include "daemon/control/render_views.hpp"

namespace vault::control {

// What a caller wrote for an id.
Result<VaultId> vault_named(std::string_view text);
Result<AccountId> account_named(std::string_view text);
Result<JobId> job_named(std::string_view text);
Result<VaultId> vault_of(const protocol::Params& params);
Result<AccountId> account_of(const protocol::Params& params);
// `sleeve`, already one of the two words.
SleeveKind sleeve_of(const protocol::Params& params);
std::optional<SleeveKind> maybe_sleeve(const protocol::Params& params);
// none if the parameter is absent.
Result<std::optional<VaultId>> maybe_vault(const protocol::Params& params);
Result<std::optional<AccountId>> maybe_account(const protocol::Params& params);
// `vault`, `account` and `user`, as far as the method has them.
Result<ports::cmd::VaultChoice> vault_choice(const protocol::Params& params);
// The whole daemon for who may do that to everybody, else all that is the caller's.
ports::cmd::Target sweeping_target(const Call& call);
Result<ports::cmd::Target> vault_target(const protocol::Params& params);
Result<ports::cmd::Target> sleeve_target(const protocol::Params& params);
// Whose caps: of `vault` and `sleeve`, of a vault, of `user`, or as sweeping_target().
Result<ports::cmd::Target> caps_target(const Call& call);
// What the caller may see, narrowed by `vault`, `sleeve`, `pair`, `since`, `until`, `limit` (100 if
// absent).
Result<ports::RowFilter> row_filter(const Call& call);

// The vault, account and user that a list is narrowed to exist: nothing found and nothing there are
// different answers. Errors: NotFound.
boost::asio::awaitable<Result<void>> filters_exist(Services& services, const Call& call);
// The id of the user that `user` names; none if the parameter is absent. Errors: NotFound.
boost::asio::awaitable<Result<std::optional<UserId>>> maybe_user(Services& services,
                                                                 const Call& call);
// What the engine answers to a question, as it is rendered.
boost::asio::awaitable<Result<boost::json::value>> shown(Services& services, const Call& call,
                                                         ports::Command question);
// The books and the venue speak of their own figures; the caller knows parameters. The same error
// with the field of the method that it is about.
Error in_callers_words(Error error, const protocol::Method& method, const protocol::Params& params);

Handled refuse(Error error);

// A handler whose whole work is one command.
template <auto make_command>
Handled submit(Services& services, const Call& call) {
    Result<ports::Command> command = [&]() -> Result<ports::Command> {
        if constexpr (std::is_invocable_v<decltype(make_command), const Call&>)
            return make_command(call);
        else
            return make_command(call.params);
    }();
    if (!command) return refuse(command.error());
    return execute(services, call, std::move(command.value()), &render_view);
}

}  // namespace vault::control
