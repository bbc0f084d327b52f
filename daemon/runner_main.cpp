// vaultd-runner: starts and supervises what is not trusted with the process that trades. For the
// daemon it speaks the lines of daemon/runner/seam_lines.hpp, over the socket that systemd listens
// on or over its standard input and output; with --hooks it runs the operator's own programs
// instead of scripts, and shuts them in nowhere. With --check it runs one script against ticks and
// tells what came of it (vaultctl script check). It never has a secret, and never works as root.
#include "common/protocol/errors.hpp"
#include "daemon/app/script_check.hpp"
#include "daemon/candles/import.hpp"
#include "daemon/exchange/paper/candle_feed.hpp"
#include "daemon/exchange/paper/synthetic_feed.hpp"
#include "daemon/runner/hook_service.hpp"
#include "daemon/runner/service.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <grp.h>
#include <memory>
#include <sstream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef VAULT_VERSION
#define VAULT_VERSION "unknown"
#endif

namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using vault::Decimal;
using vault::Errc;
using vault::Error;
using vault::Result;
using vault::literals::operator""_dec;

constexpr int kInternal = 70;
constexpr uid_t kNobody = 65534;
constexpr Decimal kCashMost = Decimal::from_int(1'000'000'000'000'000);
constexpr std::uint64_t kSyntheticTicks = 5760;  // a day

volatile std::sig_atomic_t stop_asked = 0;

struct Arguments {
    bool hooks = false, check = false, compare = false, weak = false, version = false, help = false;
    std::string candles, interval, pair, preset, folder, decision, cash;
    std::uint64_t ticks = 0;
    std::uint32_t sleeves = 0;
    std::vector<std::string> set, command;
};

po::options_description describe(Arguments& into) {
    po::options_description options{
        "vaultd-runner - runs the scripts and the alert hooks of Core Vault\n\n"
        "Without --check it serves vaultd, on the socket that systemd gives it or on standard "
        "input\nand output. With --check the command follows after --.\n\nOptions"};
    auto add = options.add_options();
    add("hooks", po::bool_switch(&into.hooks),
        "serve vaultd with alert hooks and sendmail, not shut in, instead of scripts");
    add("check", po::bool_switch(&into.check), "run a script against ticks, print a document");
    add("candles", po::value(&into.candles)->value_name("FILE"),
        "the ticks of this CSV file, .gz too; else those of a synthetic market");
    add("interval", po::value(&into.interval)->default_value("1m")->value_name("DURATION"),
        "of the candles");
    add("pair", po::value(&into.pair)->default_value("ETH/USDT")->value_name("PAIR"), "traded");
    add("ticks", po::value(&into.ticks)->default_value(0)->value_name("N"),
        "at most so many; 0 for all, or for a day of the synthetic market");
    add("sleeves", po::value(&into.sleeves)->default_value(1)->value_name("N"),
        "so many sleeves on one process, 1 to 4096");
    add("cash", po::value(&into.cash)->default_value("1000")->value_name("AMOUNT"),
        "of each sleeve, in the quote asset");
    add("preset", po::value(&into.preset)->default_value("flash")->value_name("NAME"),
        "whose parameters it is shown: flash or quiet");
    add("set", po::value(&into.set)->value_name("KEY=VALUE"), "a parameter besides; repeatable");
    add("compare", po::bool_switch(&into.compare), "count where the built-in rules differ");
    add("folder", po::value(&into.folder)->value_name("DIR"), "all that the script sees; needed");
    add("deadline", po::value(&into.decision)->default_value("1s")->value_name("DURATION"),
        "of each decision");
    add("weak", po::bool_switch(&into.weak),
        "run it also where the system refuses a part of its isolation");
    add("version", po::bool_switch(&into.version), "print the version and exit");
    add("help,h", po::bool_switch(&into.help), "print this and exit");
    return options;
}

Result<Arguments> parse_arguments(int argc, char** argv) {
    Arguments arguments;
    // Guessing abbreviations would make a typing error do something.
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    try {
        po::options_description options = describe(arguments);
        options.add_options()("command", po::value(&arguments.command));
        po::positional_options_description words;
        words.add("command", -1);
        po::variables_map values;
        po::store(po::command_line_parser(argc, argv)
                      .options(options)
                      .positional(words)
                      .style(style)
                      .run(),
                  values);
        po::notify(values);
    } catch (const std::exception& fault) {
        return Error{Errc::Usage, fault.what(), {}, "see vaultd-runner --help"};
    }
    if (!arguments.command.empty() && !arguments.check)
        return Error{Errc::Usage, "a command belongs to --check", "command",
                     "give --check too, or leave the command out"};
    if (arguments.hooks && arguments.check)
        return Error{Errc::Usage, "--hooks and --check exclude each other", "hooks",
                     "leave one of them out"};
    return arguments;
}

int fail(const Error& error) {
    const auto& row = vault::protocol::error_row(error.code());
    fmt::print(stderr, "vaultd-runner: {}: {}\n", row.code, error.message());
    fmt::print(stderr, "  {}\n", error.hint().empty() ? row.hint : error.hint());
    return row.exit_code;
}

Result<int> print(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
        return 0;
    return Error{Errc::Io, "standard output cannot be written", {}, "free some space"};
}

// An error of a value, by the name of the option that it was given for.
Error of_option(const char* name, const Error& error) {
    return {error.code(), fmt::format("{}: {}", name, error.message()), name, error.hint()};
}

Result<vault::Duration> duration_of(const char* name, const std::string& text) {
    const Result<vault::Duration> read = vault::parse_duration(text);
    if (!read) return of_option(name, read.error());
    return read.value();
}

// Scripts run as who runs this; they must not run as root.
Result<void> leave_root() {
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    if (::geteuid() != 0) return vault::success();
    if (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
        ::setresuid(kNobody, kNobody, kNobody) != 0)
        return Error{Errc::PermissionDenied,
                     fmt::format("cannot become nobody: {}", std::strerror(errno)),
                     {},
                     "start it as a user of its own"};
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return vault::success();
}

// The sandbox takes no folder by a path with a link in it; whoever checks a script may have one.
std::string without_links(const std::string& folder) {
    std::error_code fault;
    const fs::path path = fs::canonical(folder, fault);
    return fault ? folder : path.string();
}

// A folder that is removed with its guard.
struct WorkFolder {
    std::string path;
    ~WorkFolder() {
        std::error_code ignored;
        if (!path.empty()) fs::remove_all(path, ignored);
    }
};

bool is_synthetic(const Arguments& arguments) {
    return arguments.candles.empty() || arguments.candles == "synthetic";
}

Result<std::unique_ptr<vault::ports::TickFeed>> synthetic_market(const vault::Pair& pair,
                                                                 Arguments& arguments) {
    if (arguments.ticks == 0) arguments.ticks = kSyntheticTicks;
    vault::exchange::SyntheticSettings settings;
    settings.pair = pair;
    VAULT_TRY(auto feed, vault::exchange::SyntheticFeed::create(settings));
    return std::make_unique<vault::exchange::SyntheticFeed>(std::move(feed));
}

Result<std::unique_ptr<vault::ports::TickFeed>> recorded_market(const vault::Pair& pair,
                                                                const Arguments& arguments) {
    VAULT_TRY(const vault::Duration interval, duration_of("interval", arguments.interval));
    WorkFolder folder{(fs::temp_directory_path() / "vaultd-runner-XXXXXX").string()};
    if (::mkdtemp(folder.path.data()) == nullptr)
        return Error{Errc::Io,
                     fmt::format("no folder in {}: {}", fs::temp_directory_path().string(),
                                 std::strerror(errno)),
                     {},
                     "set TMPDIR to a folder that may be written"};
    const auto report = vault::candles::import_csv(arguments.candles, pair, interval, folder.path);
    if (!report) return of_option("candles", report.error());
    VAULT_TRY(auto series, vault::candles::CandleSeries::open(report.value().directory));
    const auto shared = std::make_shared<const vault::candles::CandleSeries>(std::move(series));
    VAULT_TRY(auto feed,
              vault::exchange::CandleFeed::create(shared, vault::exchange::CandlePath::Ohlc4,
                                                  std::nullopt, std::nullopt));
    return std::make_unique<vault::exchange::CandleFeed>(std::move(feed));
}

Result<vault::strategy::CycleParams> parameters_of(const Arguments& arguments) {
    VAULT_TRY(auto params, vault::strategy::preset(arguments.preset));
    for (const std::string& pair : arguments.set) {
        const std::size_t sign = pair.find('=');
        if (sign == std::string::npos)
            return Error{Errc::InvalidParams, fmt::format("set: '{}' has no '='", pair), "set",
                         "write KEY=VALUE"};
        VAULT_TRYV(vault::strategy::set(params, pair.substr(0, sign), pair.substr(sign + 1)));
    }
    VAULT_TRYV(
        vault::strategy::validate(params, vault::strategy::effective_fee(params, std::nullopt)));
    return params;
}

Result<vault::app::ScriptCheckSettings> settings_of(const Arguments& arguments,
                                                    const vault::Pair& pair) {
    if (arguments.sleeves < 1 || arguments.sleeves > 4096)
        return Error{Errc::InvalidParams, "--sleeves is out of range", "sleeves", "give 1 to 4096"};
    vault::app::ScriptCheckSettings settings;
    settings.spec.name = "script";
    settings.spec.command = arguments.command;
    settings.spec.folder = without_links(arguments.folder);
    for (std::string& word : settings.spec.command)
        if (word.starts_with(arguments.folder + "/"))
            word.replace(0, arguments.folder.size(), settings.spec.folder);
    settings.spec.weak = arguments.weak;
    settings.spec.backoff = {vault::Duration{100}, vault::Duration{1000}, 3};  // somebody waits
    VAULT_TRY(settings.spec.limits.decision, duration_of("deadline", arguments.decision));
    if (settings.spec.limits.decision < vault::Duration{1})
        return Error{Errc::InvalidParams, "--deadline is too short", "deadline",
                     "give 1ms or more"};
    settings.sleeves = arguments.sleeves;
    settings.ticks = arguments.ticks;
    settings.compare = arguments.compare;
    VAULT_TRY(settings.sleeve.params, parameters_of(arguments));
    settings.sleeve.sim.fee_rate =
        vault::strategy::effective_fee(settings.sleeve.params, std::nullopt);
    for (const vault::strategy::KeyInfo& key : vault::strategy::cycle_keys()) {
        VAULT_TRY(std::string text, vault::strategy::get(settings.sleeve.params, key.name));
        settings.sleeve.texts.emplace_back(key.name, std::move(text));
    }
    settings.sleeve.rules = {pair, "0.01"_dec, "0.0001"_dec, "10"_dec, "0.0001"_dec};
    VAULT_TRY(settings.sleeve.cash, Decimal::parse(arguments.cash));
    if (!settings.sleeve.cash.is_positive() || settings.sleeve.cash > kCashMost)
        return Error{Errc::InvalidParams, "--cash is out of range", "cash",
                     "give more than 0, at most 1000000000000000"};
    return settings;
}

Result<int> check(Arguments arguments) {
    const Result<vault::Pair> read = vault::Pair::parse(arguments.pair);
    if (!read) return Error(read.error()).with_field("pair");
    const vault::Pair& pair = read.value();
    VAULT_TRY(const auto feed, is_synthetic(arguments) ? synthetic_market(pair, arguments)
                                                       : recorded_market(pair, arguments));
    VAULT_TRY(const auto settings, settings_of(arguments, pair));
    VAULT_TRYV(leave_root());  // the candles may have been root's
    const vault::SystemClock clock;
    VAULT_TRY(auto report, vault::app::check_script(settings, *feed, clock));
    const std::string market = is_synthetic(arguments) ? "synthetic" : arguments.candles;
    return print(vault::app::script_document(settings, market, std::move(report)));
}

// The connection of vaultd: the first that comes to the socket which systemd listens on (the unit's
// socket stays open, so the next start takes the next one), else standard input and output.
Result<void> serve(bool hooks) {
    VAULT_TRYV(leave_root());
    int from = STDIN_FILENO, to = STDOUT_FILENO;
    const char* const pid = std::getenv("LISTEN_PID");
    if (pid != nullptr && std::to_string(::getpid()) == pid) {
        constexpr int kFirstOfSystemd = 3;
        from = to = ::accept4(kFirstOfSystemd, nullptr, nullptr, SOCK_CLOEXEC);
        if (from < 0 && stop_asked != 0) return vault::success();
        if (from < 0)
            return Error{
                Errc::Io,
                fmt::format("no connection: {}", std::strerror(errno)),
                {},
                "start it by its socket unit, vaultd-runner.socket or vaultd-hooks.socket"};
    }
    const vault::SystemClock clock;
    vault::StderrLogger logger{vault::LogLevel::Info};
    if (hooks) return vault::runner::HookService{from, to, clock, logger}.run(stop_asked);
    return vault::runner::Service{from, to, clock, logger}.run(stop_asked);
}

void ask_to_stop(int) {
    stop_asked = 1;
}

// What vaultctl script check is told instead of a report.
int refuse(const Error& error) {
    const auto& row = vault::protocol::error_row(error.code());
    const boost::json::object document{
        {"ok", false},
        {"error",
         {{"code", row.code},
          {"message", error.message()},
          {"field", error.field()},
          {"hint", error.hint().empty() ? std::string{row.hint} : error.hint()}}}};
    const auto printed = print(boost::json::serialize(document) + '\n');
    return printed ? row.exit_code : fail(printed.error());
}

Result<int> run(const Arguments& arguments) {
    if (arguments.help) {
        Arguments unused;
        std::ostringstream text;
        text << describe(unused);
        return print(text.str());
    }
    if (arguments.version) return print("vaultd-runner " VAULT_VERSION "\n");
    if (arguments.check) {
        const auto checked = check(arguments);
        return checked ? checked.value() : refuse(checked.error());
    }
    VAULT_TRYV(serve(arguments.hooks));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    struct sigaction stop {};
    stop.sa_handler = ask_to_stop;  // without SA_RESTART: a wait ends
    ::sigaction(SIGTERM, &stop, nullptr);
    ::sigaction(SIGINT, &stop, nullptr);
    ::umask(0077);
    const auto arguments = parse_arguments(argc, argv);
    if (!arguments) return fail(arguments.error());
    try {
        const auto code = run(arguments.value());
        return code ? code.value() : fail(code.error());
    } catch (const std::exception& fault) {
        fmt::print(stderr, "vaultd-runner: {}\n", fault.what());
        return kInternal;
    }
}
