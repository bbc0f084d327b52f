#pragma once
// The seam through which control asks the engine. Commands::execute takes one Command and a Render
// function; the shard applies the command in a turn, renders the view to its JSON reply there and
// stores that reply under the idempotency key in the same batch. The reply is released when the
// batch is durable.
#include "common/base/clock.hpp"
#include "common/base/hash.hpp"
#include "daemon/ports/command.hpp"
#include "daemon/ports/level_mark_view.hpp"
#include "daemon/ports/views.hpp"

#include <boost/asio/awaitable.hpp>

#include <variant>

namespace vault::ports {

// What a command answers with. A mutation answers with the object after the change.
using View = std::variant<UserView, std::vector<UserView>, AccountView, std::vector<AccountView>,
                          VaultView, std::vector<VaultView>, std::vector<VaultMarkView>, SleeveView,
                          std::vector<SleeveView>, std::vector<PositionView>, PauseView, PairsView,
                          ReplayView, std::vector<ReplayView>, PairMarketView, JobView,
                          std::vector<JobView>, EntryView, StatusView, TopView, ApiKeyView,
                          std::vector<ApiKeyView>, KeyPolicyView, DrawnView, PresetView,
                          std::vector<PresetView>, std::vector<CapView>, LevelMarkView, AlertsView>;

// Turns a view into the compact JSON of the reply's data. Called inside a turn: no side effects.
using Render = std::string (*)(const View& view);

struct CallContext {
    // Who called: "alice", "alice:t3" with a token of hers, "uid:0" without a session.
    std::string actor;
    UserId user{};                   // 0: nobody who is signed in
    Visible visible{};               // whose objects a list shows
    std::string idem_key;            // empty for a query
    Digest request{};                // keyed hash of method and parameters
    std::string method{};            // "vault.allocate", for the audit trail
    std::string params_json = "{}";  // as asked, without secrets, for the audit trail
    bool dry_run = false;
    // Of the reserved lane: never refused for want of room, and does not wait for a store that is
    // behind. Pause and halt go before what waits and bite in memory at once.
    bool reserved = false;
    std::optional<SteadyTime> deadline;  // not started after it
};

struct Reply {
    std::string data_json;
    bool repeated = false;  // the stored reply of the first call
    bool durable = true;    // false only in the reserved lane, while the store is behind
};

class Commands {
  public:
    virtual ~Commands() = default;
    // Runs on the shard's executor; resumes the caller on its own. Errors: the refusal (nothing
    // happened), Busy/Draining/Expired (nothing happened), StoreFailed (nothing happened).
    virtual boost::asio::awaitable<Result<Reply>> execute(CallContext context, Command command,
                                                          Render render) = 0;
};

}  // namespace vault::ports
