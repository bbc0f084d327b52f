#include "daemon/control/doctor_checks.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vault::control {

namespace json = boost::json;

namespace {

constexpr Duration kDriftMost{1'000};

}  // namespace

void DoctorChecks::add(std::string_view name, std::string_view status, std::string message,
                       std::string fix) {
    json::object check{{"name", name}, {"status", status}, {"message", std::move(message)}};
    check["fix"] = fix.empty() ? json::value(nullptr) : json::value(std::move(fix));
    list_.push_back(std::move(check));
}

void DoctorChecks::engine(const Result<json::object>& engine) {
    if (!engine)
        return failed("engine", "the engine does not answer: " + engine.error().message(),
                      "vaultctl health");
    const std::string state(engine.value().at("state").as_string());
    const auto number = [&](std::string_view field) {
        return engine.value().at(field).to_number<std::uint64_t>();
    };
    if (state == "running")
        ok("engine", fmt::format("running: {} vaults, {} open positions", number("vaults"),
                                 number("open_positions")));
    else
        warning("engine", fmt::format("the engine is {}", state),
                state == "halted" ? "vaultctl resume --why 'all clear'" : "vaultctl status");
    if (number("attention") > 0)
        warning("attention", fmt::format("{} need a person", number("attention")),
                "vaultctl status");
    if (number("unresolved_orders") > 0)
        warning("orders",
                fmt::format("the fate of {} orders is not known", number("unresolved_orders")),
                "vaultctl order list");
}

void DoctorChecks::store(const ports::StoreHealth& health, const std::string& state_dir) {
    const auto said = [&](std::string_view otherwise) {
        return health.message.empty() ? std::string(otherwise) : health.message;
    };
    const std::string look = "df -h " + state_dir;
    if (health.writable)
        ok("store", "takes writes");
    else
        failed("store", said("the store takes no writes"), look);
    if (health.full_check_failed)
        failed("books", said("the full check found the books not right"),
               "vaultctl ledger verify --all");
    else
        ok("books",
           health.full_check_done ? "the full check has passed" : "the full check is running");
    const std::string used = fmt::format("{} % used", health.disk_used_pct);
    if (health.buys_stopped)
        failed("disk", used + ", buys are stopped: free some space", look);
    else if (health.alert)
        warning("disk", used + ", past store.disk_alert_pct", look);
    else
        ok("disk", used);
}

void DoctorChecks::configuration(const ports::ConfigView& view) {
    const std::string file = view.file.empty() ? "no file: every key is at its default or set by "
                                                 "the environment"
                                               : view.file;
    if (view.last_reload && !view.last_reload->ok)
        return failed("config",
                      "the last reload was rejected and nothing was changed: mend the file",
                      "vaultctl config reload");
    const std::vector<std::string> waiting = view.pending_keys();
    if (waiting.empty()) return ok("config", file);
    std::string names;
    for (const std::string& name : waiting)
        names += (names.empty() ? "" : ", ") + name;
    warning("config", "in the file, but not in force before a restart: " + names,
            "systemctl restart vaultd");
}

void DoctorChecks::limits(std::uint64_t needed) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return warning("limits", std::strerror(errno), "ulimit -n");
    if (limit.rlim_cur >= needed)
        return ok("limits",
                  limit.rlim_cur == RLIM_INFINITY
                      ? "no limit of open files"
                      : fmt::format("{} open files, {} needed at most", limit.rlim_cur, needed));
    failed("limits",
           fmt::format("only {} open files; control.max_connections needs {}: set LimitNOFILE",
                       limit.rlim_cur, needed),
           "systemctl edit vaultd");
}

void DoctorChecks::state_dir(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return failed("state", fmt::format("{}: {}", path, std::strerror(errno)),
                      "systemctl restart vaultd");
    const unsigned mode = info.st_mode & 07777U;
    if (info.st_uid != ::geteuid())
        return failed(
            "state",
            fmt::format("{} belongs to uid {}, vaultd runs as {}", path, info.st_uid, ::geteuid()),
            fmt::format("chown -R {} {}", ::geteuid(), path));
    if ((mode & 077U) != 0)
        return warning("state",
                       fmt::format("{} has mode {:04o}: others can look into it", path, mode),
                       fmt::format("chmod 0700 {}", path));
    ok("state", fmt::format("{}, mode {:04o}", path, mode));
}

void DoctorChecks::clock(Duration drift) {
    const Duration size = drift < Duration{0} ? -drift : drift;
    if (size <= kDriftMost) return ok("daemon_clock", "has not jumped since the start");
    warning("daemon_clock",
            fmt::format("the wall clock has jumped {} by {} since the start",
                        drift < Duration{0} ? "back" : "forward", format_duration(size)),
            "timedatectl status");
}

void DoctorChecks::feed(const ports::FeedState& state) {
    const std::string name = "feed_" + state.exchange;
    const std::string since = format_utc(state.since);
    if (state.connected) return ok(name, fmt::format("tells prices since {}", since));
    failed(name, fmt::format("tells no prices since {}: {}", since, state.problem),
           fmt::format("look at the section {} of vaultctl config show, and at the way there",
                       state.exchange));
}

}  // namespace vault::control
