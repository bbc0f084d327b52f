#pragma once
// What a command handler gets and gives. A handler turns validated parameters into commands for the
// engine or reads of the store; it is a coroutine on the control thread and holds no state of its
// own. One table of routes per group of nouns; a test proves that the registry and the routes
// agree.
#include "common/base/clock.hpp"
#include "common/protocol/permissions.hpp"
#include "common/protocol/validate.hpp"
#include "daemon/control/read_worker.hpp"
#include "daemon/ports/access.hpp"
#include "daemon/ports/backups.hpp"
#include "daemon/ports/commands.hpp"
#include "daemon/ports/configuration.hpp"
#include "daemon/ports/key_validator.hpp"
#include "daemon/ports/market_feed.hpp"
#include "daemon/ports/progress.hpp"
#include "daemon/ports/secret_box.hpp"
#include "daemon/ports/signer.hpp"
#include "daemon/ports/store.hpp"
#include "daemon/runtime/worker_pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vault::control {

// Of this daemon, for version, status and hello.
struct DaemonInfo {
    std::string version;      // "0.1.0"
    std::string instance_id;  // new at every start
    int pid = 0;
};

// The engine's last batch and the last that is durable, and how it turns; for status and metrics.
struct BatchMarks {
    std::uint64_t batch = 0, durable = 0;
    std::uint64_t commits = 0, turns = 0, reloads = 0;  // since the start
    SteadyTime last_turn{};
};

class Directory;
class Metrics;
struct Options;

// Everything that handlers may use; owned by the server, outlives every call.
struct Services {
    ports::Commands& commands;
    ReadWorker& worker;
    const Clock& clock;
    ports::Configuration& configuration;
    const ports::Signer& signer;
    ports::Access& access;
    ports::SecretBox& secrets;
    ports::KeyValidator& validator;
    ports::Backups& backups;
    runtime::WorkerPool& hard_work;  // one job at a time, few waiting
    const Directory& directory;
    Metrics& metrics;
    const Options& options;                            // change with a reload
    std::function<ports::StoreHealth()> store_health;  // quick, safe on the control thread
    DaemonInfo info;
    SteadyTime started{};
    UtcTime started_at{};
    std::function<BatchMarks()> marks{};  // quick, safe on the control thread; may be empty
    std::uint64_t calls = 0;              // that were started, of all sessions
    // Whether each loop of the daemon goes round; quick; may be empty.
    std::function<std::vector<ports::LoopCheck>()> loops{};
    std::function<std::vector<ports::FeedState>()> feeds{};  // of exchanges; quick; may be empty
};

class Subscriptions;  // subscriptions.hpp

struct Call {
    const protocol::Method& method;
    protocol::Params params;
    ports::CallContext context;
    ports::Principal caller;
    protocol::Scope scope;                   // whose objects it is about, if it names none
    Subscriptions* subscriptions = nullptr;  // of the caller's connection
};

struct Answer {
    std::string data_json;
    bool repeated = false;
    bool durable = true;
    std::vector<std::string> warnings;
};

// The warning of every change that was only tried.
inline constexpr std::string_view kDryRun = "a dry run: shown as it would be, nothing was changed";

using Handled = boost::asio::awaitable<Result<Answer>>;
using Handler = Handled (*)(Services& services, const Call& call);

struct Route {
    std::string_view method;
    Handler handler;
};

std::span<const Route> daemon_routes();
std::span<const Route> top_routes();
std::span<const Route> user_routes();
std::span<const Route> sign_in_routes();  // login to register, session
std::span<const Route> factor_routes();   // mfa, token
std::span<const Route> key_routes();
std::span<const Route> secret_routes();
std::span<const Route> backup_routes();
std::span<const Route> account_routes();
std::span<const Route> vault_routes();
std::span<const Route> sleeve_routes();
std::span<const Route> position_routes();
std::span<const Route> risk_routes();
std::span<const Route> risk_test_routes();
std::span<const Route> preset_routes();
std::span<const Route> market_routes();
std::span<const Route> replay_routes();
std::span<const Route> job_routes();
std::span<const Route> ledger_routes();
std::span<const Route> decision_routes();
std::span<const Route> trade_routes();  // order, trade, sweep
std::span<const Route> report_routes();
std::span<const Route> trading_routes();  // why-not-trading
std::span<const Route> event_routes();    // events, sub
std::span<const Route> alert_routes();
std::span<const Route> audit_routes();
std::span<const Route> config_routes();
std::span<const Route> operator_routes();  // whoami, metrics, doctor

std::span<const Route> all_routes();
Handler find_handler(std::string_view method);  // null: none (hello belongs to the session)

// Hands a command to the engine with the caller's context.
Handled execute(Services& services, const Call& call, ports::Command command, ports::Render render);
// The same for a question inside a call: no idempotency key, never a dry run.
Handled ask(Services& services, const Call& call, ports::Command command, ports::Render render);
// Puts into the audit trail what the call did, or was refused, outside the engine. What cannot be
// put there becomes a warning of the answer: it is done all the same.
boost::asio::awaitable<void> tell_trail(Services& services, const Call& call, ports::cmd::Note note,
                                        Answer& answer);
// Everything that was answered before is durable, and so visible to a read of the store.
boost::asio::awaitable<Result<void>> settle(Services& services, const Call& call);
// Errors: Expired when the call's deadline has passed; for calls of many steps.
Result<void> still_wanted(const Services& services, const Call& call);

}  // namespace vault::control
