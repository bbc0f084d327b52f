#include "daemon/app/live_config.hpp"

#include "daemon/config/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace vault::app {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kReportsKept = 16;  // for callers whose answer was lost

std::string origin_text(const config::Origin& origin) {
    switch (origin.source) {
        case config::Source::Default: return "default";
        case config::Source::File: return fmt::format("file:{}", origin.line);
        case config::Source::Environment: return "environment";
        case config::Source::CommandLine: return "command line";
    }
    return {};
}

std::string where_text(const config::Origin& origin) {
    return origin.source == config::Source::Default ? std::string{} : to_text(origin);
}

std::string shown(const config::Config& config, const config::Key& key) {
    return config::names_secret(key.name) ? "(secret)" : config::value_text(config, key);
}

std::string pairs_text(const std::vector<PairRules>& pairs) {
    return fmt::format("{} pairs", pairs.size());
}

// "15 pairs, other: DOGE/USDT": the list is too long to be shown as two values.
std::string pairs_change(const std::vector<PairRules>& from, const std::vector<PairRules>& to) {
    std::string names;
    const auto note = [&](const PairRules& rules) {
        names += (names.empty() ? "" : ", ") + rules.pair.text();
    };
    for (const PairRules& rules : to)
        if (std::find(from.begin(), from.end(), rules) == from.end()) note(rules);
    for (const PairRules& rules : from)
        if (std::none_of(to.begin(), to.end(),
                         [&](const PairRules& other) { return other.pair == rules.pair; }))
            note(rules);
    return fmt::format("{}, other: {}", pairs_text(to), names);
}

// Neither URLs, whose paths may be secrets of the receivers, nor files.
std::string targets_text(const std::vector<config::AlertTarget>& targets) {
    if (targets.empty()) return "none";
    std::string names;
    for (const config::AlertTarget& target : targets)
        names += (names.empty() ? "" : ", ") + target.name;
    return names;
}

// "ops, ann; other: ops": a target whose name is the same may go elsewhere now.
std::string targets_change(const std::vector<config::AlertTarget>& from,
                           const std::vector<config::AlertTarget>& to) {
    std::string names;
    for (const config::AlertTarget& target : to) {
        const auto before = std::ranges::find(from, target.name, &config::AlertTarget::name);
        if (before != from.end() && *before != target)
            names += (names.empty() ? "" : ", ") + target.name;
    }
    return targets_text(to) + (names.empty() ? "" : "; other: " + names);
}

ports::ConfigChange rejection(const config::Fault& fault) {
    return {fault.key, ports::ConfigFate::Rejected,  {},
            {},        config::place_text(fault.at), fault.message};
}

// Open while one reload runs, however it ends.
class Busy {
  public:
    explicit Busy(bool& flag) : flag_(flag) { flag_ = true; }
    ~Busy() { flag_ = false; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

  private:
    bool& flag_;
};

}  // namespace

config::Config with_state_dir(config::Config config, const std::string& state_dir) {
    const auto below = [&](std::string& path) {
        if (!path.starts_with('/')) path = state_dir + "/" + path;
    };
    below(config.store.path);
    below(config.candles.path);
    below(config.backups.path);
    below(config.security.master_key_file);
    below(config.security.known_bad_passwords);
    below(config.control.socket);
    below(config.runner.socket);
    below(config.runner.hooks_socket);
    below(config.runner.scripts);
    for (config::AlertTarget& target : config.alerts.targets) {
        if (!target.secret_file.empty()) below(target.secret_file);
        if (!target.ca_file.empty()) below(target.ca_file);
    }
    return config;
}

LiveConfig::LiveConfig(Start start, const SystemdNotify& notify, const Clock& clock, Logger& logger)
    : start_(std::move(start)), notify_(notify), clock_(clock), logger_(logger) {
    VAULT_CHECK(start_.running.faults.empty(),
                "a daemon starts with a configuration that is right");
    running_ = start_.running;
    running_.config = with_state_dir(std::move(running_.config), start_.state_dir);
    wanted_ = running_;
    view_ = make_view();
}

ports::ConfigView LiveConfig::make_view() const {
    ports::ConfigView view{start_.file, start_.state_dir, {}, last_};
    const auto add = [&](std::string_view name, std::string value, std::string fallback, bool live,
                         std::optional<std::string> pending) {
        // A value that waits has a line in the file already; the one in force had its own.
        const config::Reading& from = pending ? running_ : wanted_;
        const config::Origin origin = config::origin_of(from, name);
        view.keys.push_back({std::string{name}, std::move(value), std::move(fallback),
                             origin_text(origin), where_text(origin), live, std::move(pending)});
    };
    for (const config::Key& key : config::keys()) {
        const std::string value = shown(running_.config, key);
        const std::string wanted = shown(wanted_.config, key);
        add(key.name, value, std::string{key.fallback}, key.live,
            wanted == value ? std::nullopt : std::optional{wanted});
    }
    const auto& pairs = running_.config.paper.pairs;
    const auto& wanted = wanted_.config.paper.pairs;
    add(config::kPairsKey, pairs_text(pairs), pairs_text(config::defaults().paper.pairs), true,
        wanted == pairs ? std::nullopt : std::optional{pairs_change(pairs, wanted)});
    add(config::kTargetsKey, targets_text(running_.config.alerts.targets), targets_text({}), true,
        std::nullopt);
    return view;
}

// A file that has gone must not count as a file that sets nothing, and a pipe that was read at the
// start has no more to say.
config::Reading LiveConfig::read_again(std::string& file) {
    config::Sources sources = start_.sources();
    if (sources.file.empty()) sources.file = start_.file;
    file = sources.file;
    std::error_code status;
    if (!sources.file.empty() && std::filesystem::exists(sources.file, status) &&
        !std::filesystem::is_regular_file(sources.file, status)) {
        config::Reading none;
        none.faults.push_back({{},
                               {},
                               fmt::format("{} is not a regular file and cannot be read again; "
                                           "restart vaultd to change the configuration",
                                           sources.file)});
        return none;
    }
    config::Reading reading = config::read(sources);
    reading.config = with_state_dir(std::move(reading.config), start_.state_dir);
    return reading;
}

void LiveConfig::compare(Plan& plan) const {
    const config::Config& now = running_.config;
    const auto where = [&](std::string_view key) {
        return where_text(config::origin_of(plan.wanted, key));
    };
    for (const config::Key& key : config::keys()) {
        const std::string text = config::value_text(plan.wanted.config, key);
        if (config::value_text(now, key) == text) continue;
        if (key.live)
            VAULT_CHECK(config::assign(plan.effective, key, text).has_value(),
                        "a value that was read can be written");
        plan.report.changes.push_back(
            {std::string{key.name},
             key.live ? ports::ConfigFate::Applied : ports::ConfigFate::NeedsRestart,
             shown(now, key),
             shown(plan.wanted.config, key),
             where(key.name),
             {}});
    }
    const auto& targets = plan.wanted.config.alerts.targets;
    if (targets != now.alerts.targets)
        plan.report.changes.push_back({std::string{config::kTargetsKey},
                                       ports::ConfigFate::Applied,
                                       targets_text(now.alerts.targets),
                                       targets_change(now.alerts.targets, targets),
                                       where(config::kTargetsKey),
                                       {}});
    plan.effective.alerts.targets = targets;
    compare_pairs(plan);
}

// A change that a reload applies in part has a row for each part.
void LiveConfig::compare_pairs(Plan& plan) const {
    const auto& now = running_.config.paper.pairs;
    const auto& wanted = plan.wanted.config.paper.pairs;
    auto& live = plan.effective.paper.pairs;
    live = config::with_live_rules(now, wanted);
    const auto add = [&](ports::ConfigFate fate, const auto& from, const auto& to) {
        if (from == to) return;
        plan.report.changes.push_back(
            {std::string{config::kPairsKey},
             fate,
             pairs_text(from),
             pairs_change(from, to),
             where_text(config::origin_of(plan.wanted, config::kPairsKey)),
             {}});
    };
    add(ports::ConfigFate::Applied, now, live);
    add(ports::ConfigFate::NeedsRestart, live, wanted);
}

LiveConfig::Plan LiveConfig::make_plan() {
    Plan plan{{}, running_.config, {}};
    plan.wanted = read_again(plan.report.file);
    plan.report.at = clock_.now();
    plan.report.ok = plan.wanted.faults.empty();
    for (const config::Fault& fault : plan.wanted.faults)
        plan.report.changes.push_back(rejection(fault));
    if (plan.report.ok) compare(plan);
    return plan;
}

void LiveConfig::adopt(Plan plan) {
    running_.config = std::move(plan.effective);
    const auto take_origin = [&](std::string_view key) {
        running_.origins.erase(std::string{key});
        const config::Origin origin = config::origin_of(plan.wanted, key);
        if (origin.source != config::Source::Default) running_.origins[std::string{key}] = origin;
    };
    for (const config::Key& key : config::keys())
        if (key.live) take_origin(key.name);
    take_origin(config::kTargetsKey);
    take_origin(config::kPairsKey);
    wanted_ = std::move(plan.wanted);
    start_.file = plan.report.file;
}

void LiveConfig::tell(const ports::ConfigReload& report) {
    for (const ports::ConfigChange& change : report.changes) {
        if (change.fate == ports::ConfigFate::Rejected) {
            logger_.log(LogLevel::Error, "config_rejected",
                        fmt::format("{}{}{}", change.where, change.where.empty() ? "" : ": ",
                                    change.message));
            continue;
        }
        const bool applied = change.fate == ports::ConfigFate::Applied;
        logger_.log(LogLevel::Notice, applied ? "config_applied" : "config_needs_restart",
                    fmt::format("{}: {} -> {}{}{}", change.key, change.from, change.to,
                                change.where.empty() ? "" : " from ", change.where));
    }
    if (!report.ok)
        logger_.log(LogLevel::Error, "config_kept",
                    fmt::format("nothing was changed by the reload of {}", report.by));
    else if (report.changes.empty())
        logger_.log(LogLevel::Notice, "config_unchanged",
                    fmt::format("the reload of {} found no difference", report.by));
}

const ports::ConfigReload* LiveConfig::first_report(const ports::ReloadAsk& ask) const {
    if (ask.idem_key.empty() || ask.dry_run) return nullptr;
    const auto found = std::find_if(reports_.begin(), reports_.end(), [&](const auto& kept) {
        return kept.first == ask.by + ' ' + ask.idem_key;
    });
    return found == reports_.end() ? nullptr : &found->second;
}

asio::awaitable<Result<ports::ConfigReload>> LiveConfig::reload(ports::ReloadAsk ask) {
    if (const ports::ConfigReload* first = first_report(ask)) {
        ports::ConfigReload again = *first;
        again.repeated = true;
        co_return again;
    }
    if (busy_) co_return Error{Errc::Busy, "another reload of the configuration is running"};
    const Busy busy{busy_};
    Plan plan = make_plan();
    plan.report.by = ask.by;
    ports::ConfigReload report = plan.report;
    if (ask.dry_run) co_return report;
    notify_.reloading(clock_.steady());
    if (report.ok) {
        auto applying = apply(plan.effective);
        co_await std::move(applying);
        adopt(std::move(plan));
    }
    tell(report);
    last_ = report;
    view_ = make_view();
    if (!ask.idem_key.empty()) {
        reports_.emplace_back(ask.by + ' ' + ask.idem_key, report);
        if (reports_.size() > kReportsKept) reports_.pop_front();
    }
    notify_.ready(report.ok ? "running" : "running; the last reload was rejected");
    co_return report;
}

}  // namespace vault::app
