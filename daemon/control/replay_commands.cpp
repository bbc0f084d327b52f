#include "daemon/control/arguments.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

constexpr std::string_view kSynthetic = "synthetic";
constexpr std::int64_t kSyntheticDays = 365;
// A synthetic market begins here unless the caller says otherwise: two runs must agree.
constexpr UtcTime kSyntheticStart = std::chrono::sys_days{std::chrono::year{2024} / 1 / 1};

Result<cmd::ReplayStart> read_start(const protocol::Params& params) {
    cmd::ReplayStart command;
    VAULT_TRY(command.account, account_of(params));
    command.source = params.text("file");
    command.pair = params.pair("pair");
    command.interval = params.duration("interval");
    command.close_path = params.is_word("path", "close");
    command.seed = static_cast<std::uint64_t>(params.integer("seed").value_or(1));
    command.speed = params.decimal("speed");  // "max" is no decimal
    command.from = params.time("from");
    command.to = params.time("to");
    if (command.source == kSynthetic) {
        const std::chrono::days days{params.integer("days").value_or(kSyntheticDays)};
        if (!command.from) command.from = kSyntheticStart;
        if (!command.to) command.to = *command.from + days;
    } else if (params.has("days")) {
        return Error(Errc::InvalidParams, "days goes with a synthetic market only", "days",
                     "use --from and --to for a file");
    } else if (!command.source.starts_with('/')) {
        return Error(Errc::InvalidParams, "the file must be an absolute path, or synthetic", "file",
                     "the daemon does not know your working directory");
    }
    if (command.from && command.to && *command.from >= *command.to)
        return Error(Errc::InvalidParams, "the span is empty: `to` must be after `from`", "to",
                     "give a later --to");
    return command;
}

// The daemon reads the file with its own rights. What is in it, or whether it is there at all, is
// told to an admin only, who may import any file.
Error for_caller(const Call& call, const Error& error) {
    const bool busy = error.code() == Errc::Busy || error.code() == Errc::NotReady;
    if (call.caller.role == Role::Admin || busy) return error;
    return Error{Errc::InvalidParams, "there is no candle file there that can be read", "file",
                 "ask an admin what is wrong with it: vaultctl market import FILE"};
}

// A file is imported first, on the worker: that may take seconds the first time.
Handled start_replay(Services& services, const Call& call) {
    Result<cmd::ReplayStart> start = read_start(call.params);
    if (!start) co_return start.error();
    cmd::ReplayStart& command = start.value();
    if (command.source != kSynthetic) {
        std::function<Result<ports::ImportView>(ReadSide&)> import =
            [&](ReadSide& side) -> Result<ports::ImportView> {
            if (side.candles == nullptr)
                return Error(Errc::NotReady, "this daemon keeps no candle files", "file");
            return side.candles->import(command.source, command.pair, command.interval);
        };
        auto importing = read_on<ports::ImportView>(services.worker, import);
        const Result<ports::ImportView> view = co_await std::move(importing);
        if (!view) co_return for_caller(call, view.error());
        command.source = view.value().source;
        command.pair = view.value().pair;
        command.interval = view.value().interval;
        const Result<void> wanted = still_wanted(services, call);
        if (!wanted) co_return wanted.error();
    }
    auto pending = execute(services, call, command, &render_view);
    co_return co_await std::move(pending);
}

Result<ports::Command> run_replay(const protocol::Params& params) {
    VAULT_TRY(const AccountId account, account_of(params));
    return cmd::ReplayRun{account, params.time("until")};
}

Result<ports::Command> replay_status(const protocol::Params& params) {
    VAULT_TRY(const auto account, maybe_account(params));
    return cmd::ReplayStatus{account};
}

Result<ports::Command> stop_replay(const protocol::Params& params) {
    VAULT_TRY(const AccountId account, account_of(params));
    return cmd::ReplayStop{account};
}

constexpr std::array kRoutes{
    Route{"replay.start", &start_replay},
    Route{"replay.run", &submit<run_replay>},
    Route{"replay.status", &submit<replay_status>},
    Route{"replay.stop", &submit<stop_replay>},
};

}  // namespace

std::span<const Route> replay_routes() {
    return kRoutes;
}

}  // namespace vault::control
