// The keys by which users' secrets are sealed: rotation, escrow, drill.
#include "daemon/control/directory.hpp"
#include "daemon/control/proposals.hpp"
#include "daemon/control/secret_steps.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

constexpr std::string_view kMasterKey = "master-key";
constexpr std::string_view kDataKeys = "data-keys";

std::string_view rotation_of(const ports::SecretState& state) {
    if (state.rotates_master) return kMasterKey;
    return state.rotating_users > 0 ? kDataKeys : "none";
}

json::array texts(const std::vector<std::string>& list) {
    json::array array;
    for (const std::string& each : list)
        array.push_back(json::value(each));
    return array;
}

Handled show(Services& services, const Call&) {
    const ports::SecretState state = services.secrets.state();
    json::object data{{"deployment", state.deployment}, {"master_key", state.master.value}};
    data["place"] = state.place.empty() ? json::value(nullptr) : json::value(state.place);
    data["rotation"] = rotation_of(state);
    data["users"] = state.users;
    data["users_left"] = state.rotating_users;
    data["secrets"] = state.secrets;
    data["to_do"] = texts(state.to_do);
    co_return answer_with(data);
}

// With a word on whether the rotation is at its end, which a repeated call wants to know as well.
void tell_state(Services& services, Answer& answer, const std::string& went_wrong) {
    const ports::SecretState state = services.secrets.state();
    const bool done = !state.rotates_master && state.rotating_users == 0;
    json::object data = json::parse(answer.data_json).as_object();
    data["state"] = done ? "done" : "under_way";
    answer.data_json = protocol::to_compact(data);
    if (!done)
        answer.warnings.push_back("the rotation goes on by itself" +
                                  (went_wrong.empty() ? "" : " (" + went_wrong + ")") +
                                  "; vaultctl secrets show tells how far it is");
    for (const std::string& each : state.to_do)
        answer.warnings.push_back(each);
}

Handled carry_through(Services& services, const Call& call, Result<Answer> begun) {
    if (!begun || call.context.dry_run) co_return begun;
    std::string went_wrong;
    if (!begun.value().repeated) {
        auto finishing = finish_rotations(services, call.context.deadline);
        const Result<void> finished = co_await std::move(finishing);
        if (!finished) went_wrong = finished.error().message();
    }
    tell_state(services, begun.value(), went_wrong);
    co_return begun;
}

// Argon2id takes a tenth of a second and 64 MiB: on a thread of its own, one at a time.
template <class T>
boost::asio::awaitable<Result<T>> worked(Services& services, ports::SecretBox::Work<T> work) {
    std::optional<Result<T>> out;
    const runtime::WorkerPool::Job job = [&] { out.emplace(work()); };
    auto running = services.hard_work.run(job);
    const Result<void> ran = co_await std::move(running);
    if (!ran) co_return ran.error();
    co_return std::move(*out);
}

std::string master_object(std::uint32_t version) {
    return fmt::format("{}.{}", kMasterKey, version);
}

Handled rotate_master(Services& services, const Call& call) {
    std::shared_ptr<const ports::NextLock> lock;
    if (call.params.has("passphrase")) {
        auto working = worked(services, services.secrets.ready_lock(secret_of(call, "passphrase")));
        auto ready = co_await std::move(working);
        if (!ready) co_return ready.error();
        lock = std::move(ready.value());
    }
    const bool rehearsed = call.context.dry_run;
    const ProposeStep propose = [&]() -> Result<ports::KeyStep> {
        if (!rehearsed) return services.secrets.rotate_master(lock.get());
        VAULT_TRYV(services.secrets.may_rotate_master(lock != nullptr));
        return ports::KeyStep{};
    };
    const BeginRotation begin = [&](const ports::SecretChanges* changes) {
        const bool made = changes != nullptr && !changes->put_masters.empty();
        const std::uint32_t version = made ? changes->put_masters.front().version.value
                                           : services.secrets.state().master.value + 1;
        cmd::ChangeIdentity command;
        command.object = master_object(version);
        command.reply_json =
            protocol::to_compact(json::object{{"what", kMasterKey}, {"version", version}});
        return command;
    };
    auto beginning = begin_rotation(services, call, propose, begin);
    Result<Answer> begun = co_await std::move(beginning);
    if (begun && lock != nullptr)
        begun.value().warnings.emplace_back(
            "from now on each start of vaultd asks for the passphrase at its terminal");
    auto carrying = carry_through(services, call, std::move(begun));
    co_return co_await std::move(carrying);
}

Handled rotate_data_keys(Services& services, const Call& call) {
    std::optional<UserId> user;
    if (call.params.has("user")) {
        const ports::UserRow* row = services.directory.user(call.params.text("user"));
        VAULT_CHECK(row != nullptr, "the gate let a user through that is not there");
        user = row->id;
    }
    const ProposeStep propose = [&] { return services.secrets.rotate_data_keys(user); };
    const BeginRotation begin = [&](const ports::SecretChanges*) {
        json::object reply{{"what", kDataKeys}};
        reply["user"] = user ? json::value(call.params.text("user")) : json::value(nullptr);
        cmd::ChangeIdentity command;
        command.object = user ? to_text(*user) : std::string{kDataKeys};
        command.user = user.value_or(UserId{});
        command.reply_json = protocol::to_compact(reply);
        return command;
    };
    auto beginning = begin_rotation(services, call, propose, begin);
    Result<Answer> begun = co_await std::move(beginning);
    auto carrying = carry_through(services, call, std::move(begun));
    co_return co_await std::move(carrying);
}

Handled rotate(Services& services, const Call& call) {
    const bool master = call.params.text("what") == kMasterKey;
    const std::string_view misplaced = master ? "user" : "passphrase";
    if (call.params.has(misplaced))
        co_return Error{
            Errc::InvalidParams,
            master ? "the master key is nobody's in particular" : "data keys have no passphrase",
            std::string(misplaced),
            master ? "leave --user out, or rotate data-keys"
                   : "leave the passphrase out, or rotate master-key"};
    auto rotating = master ? rotate_master(services, call) : rotate_data_keys(services, call);
    co_return co_await std::move(rotating);
}

// Line feeds at the end of the copy come and go on the way through files and terminals.
std::string without_end(std::string_view text) {
    return std::string(text.substr(0, text.find_last_not_of("\r\n \t") + 1));
}

Handled escrow(Services& services, const Call& call) {
    auto working = worked(services, services.secrets.escrow(secret_of(call, "passphrase")));
    const Result<ports::EscrowCopy> copy = co_await std::move(working);
    const ports::SecretState state = services.secrets.state();
    const std::uint32_t version = copy ? copy.value().version.value : state.master.value;
    ports::Proposal<ports::Nothing> proposal;
    proposal.command.object = master_object(version);
    proposal.command.once = true;
    if (!copy) proposal.command.refusal = copy.error();
    json::object reply{{"deployment", state.deployment}, {"version", version}};
    json::object secret;
    if (copy) secret["copy"] = without_end(copy.value().text);
    auto carrying = carry_out(services, call, proposal, std::move(reply), std::move(secret));
    co_return co_await std::move(carrying);
}

// First the copy, then what its key has to bring back: every secret is opened once, a few users at
// a time.
Handled drill(Services& services, const Call& call) {
    const json::value* const given = call.params.json("copy");
    if (given == nullptr || !given->is_string())
        co_return Error{Errc::InvalidParams, "copy: it is no text", "copy",
                        "give the file that vaultctl secrets escrow wrote"};
    auto working = worked(services, services.secrets.drill(without_end(given->get_string()) + '\n',
                                                           secret_of(call, "passphrase")));
    const Result<ports::MasterVersion> version = co_await std::move(working);
    if (!version) co_return version.error();
    ports::SecretCheck check;
    while (!check.done) {
        check = services.secrets.check(std::move(check));
        const Result<void> wanted = still_wanted(services, call);
        if (!wanted) co_return wanted.error();
        co_await boost::asio::post(boost::asio::use_awaitable);
    }
    json::object data{{"ok", check.unreadable.empty()}, {"version", version.value().value}};
    data["users"] = check.users;
    data["secrets"] = check.secrets;
    data["unreadable"] = texts(check.unreadable);
    co_return answer_with(data);
}

constexpr std::array kRoutes{
    Route{"secrets.show", &show},
    Route{"secrets.rotate", &rotate},
    Route{"secrets.escrow", &escrow},
    Route{"secrets.drill", &drill},
};

}  // namespace

std::span<const Route> secret_routes() {
    return kRoutes;
}

}  // namespace vault::control
