// vaultd: arguments, configuration, App::run(), exit code. Nothing else lives here; the composition
// root is daemon/app/app.cpp, the map of the rooms daemon/README.md.
#include "common/protocol/errors.hpp"
#include "daemon/app/app.hpp"
#include "daemon/app/check_report.hpp"
#include "daemon/app/restore.hpp"
#include "daemon/config/schema.hpp"
#include "daemon/secrets/hardening.hpp"

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace {

namespace po = boost::program_options;
using vault::Errc;
using vault::Error;
using vault::Result;

constexpr const char* kConfigFile = "/etc/vaultd/config.yaml";
constexpr const char* kStateDirectory = "/var/lib/vaultd";

struct Arguments {
    std::string config;  // empty: the shipped place, if there is a file
    std::string state_dir;
    std::string socket;
    std::string output;   // of --check-config
    std::string restore;  // a backup
    bool check_config = false;
    bool print_schema = false;
    bool version = false;
    bool help = false;
};

po::options_description describe(Arguments& into) {
    po::options_description options{"vaultd - the Core Vault daemon\n\nOptions"};
    auto add = options.add_options();
    add("config", po::value(&into.config)->value_name("FILE"), "read this configuration");
    add("state-dir", po::value(&into.state_dir)->value_name("DIR"), "keep the state here");
    add("socket", po::value(&into.socket)->value_name("PATH"), "listen here");
    add("check-config", po::bool_switch(&into.check_config), "check the configuration and exit");
    add("output,o", po::value(&into.output)->value_name("FORMAT"),
        "of --check-config: text (default) or json");
    add("restore", po::value(&into.restore)->value_name("FILE"),
        "put this backup back where no store is, and exit");
    add("print-schema", po::bool_switch(&into.print_schema),
        "print the JSON Schema of the configuration and exit");
    add("version", po::bool_switch(&into.version), "print the version and exit");
    add("help,h", po::bool_switch(&into.help), "print this and exit");
    return options;
}

Result<void> check_output(const Arguments& arguments, bool given) {
    if (!given) return vault::success();
    if (!arguments.check_config)
        return Error{Errc::Usage, "--output belongs to --check-config", "output",
                     "give --check-config too, or leave --output out"};
    if (arguments.output == "text" || arguments.output == "json") return vault::success();
    return Error{Errc::Usage, fmt::format("--output: '{}'", arguments.output), "output",
                 "one of text or json"};
}

// An empty path is a variable that was not set: taking the default for it would open another store.
Result<void> check_paths(const po::variables_map& values) {
    for (const char* name : {"config", "state-dir", "socket", "restore"})
        if (values.count(name) != 0 && values[name].as<std::string>().empty())
            return Error{Errc::Usage, fmt::format("--{} is empty", name), name,
                         fmt::format("give a path, or leave --{} out", name)};
    return vault::success();
}

Result<Arguments> parse_arguments(int argc, char** argv) {
    Arguments arguments;
    // Guessing abbreviations would make a typing error do something.
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    try {
        const auto options = describe(arguments);
        po::variables_map values;
        po::store(po::command_line_parser(argc, argv)
                      .options(options)
                      .positional(po::positional_options_description{})
                      .style(style)
                      .run(),
                  values);
        po::notify(values);
        VAULT_TRYV(check_paths(values));
        VAULT_TRYV(check_output(arguments, values.count("output") != 0));
    } catch (const std::exception& fault) {
        return Error{Errc::Usage, fault.what(), {}, "see vaultd --help"};
    }
    return arguments;
}

// Everything that decides the configuration. Asked again by a reload: the shipped file may have
// come meanwhile.
vault::config::Sources sources_of(const Arguments& arguments) {
    std::error_code status;
    vault::config::Sources sources;
    sources.file = arguments.config;
    if (sources.file.empty() && std::filesystem::exists(kConfigFile, status))
        sources.file = kConfigFile;
    sources.environment = vault::config::variables_of(environ);
    if (!arguments.socket.empty())
        sources.command_line.push_back(
            {"control.socket", std::filesystem::absolute(arguments.socket).string(), "--socket"});
    return sources;
}

Result<std::string> state_directory(const Arguments& arguments) {
    std::string directory = arguments.state_dir;
    if (directory.empty()) {
        const char* given = std::getenv("STATE_DIRECTORY");
        directory = given != nullptr ? given : kStateDirectory;
    }
    std::error_code status;
    if (!std::filesystem::exists(directory, status) && ::mkdir(directory.c_str(), 0700) != 0)
        return Error{Errc::PermissionDenied,
                     fmt::format("cannot make the state directory {}", directory), "state-dir",
                     "make it, or give another with --state-dir"};
    return std::filesystem::absolute(directory).string();
}

int fail(const Error& error) {
    const auto& row = vault::protocol::error_row(error.code());
    fmt::print(stderr, "vaultd: {}: {}\n", row.code, error.message());
    fmt::print(stderr, "  {}\n", error.hint().empty() ? row.hint : error.hint());
    return row.exit_code;
}

std::string help_text() {
    Arguments unused;
    std::ostringstream text;
    text << describe(unused);
    return text.str();
}

// What was asked for and could not be written was not done.
Result<int> print(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
        return 0;
    return Error{Errc::Io, "standard output cannot be written"};
}

Result<int> check_config(const Arguments& arguments) {
    const vault::config::Sources sources = sources_of(arguments);
    const vault::config::Reading reading = vault::config::read(sources);
    if (arguments.output == "json") {
        VAULT_TRYV(print(vault::app::check_document(sources.file, reading.faults)));
        return reading.faults.empty() ? 0 : vault::protocol::exits::kConfig;
    }
    if (!reading.faults.empty()) return vault::config::as_error(reading.faults);
    return print(fmt::format("{}: the configuration is right\n",
                             sources.file.empty() ? "defaults" : sources.file));
}

Result<int> serve(const Arguments& arguments) {
    const auto again = [arguments] { return sources_of(arguments); };
    const vault::config::Sources sources = again();
    vault::config::Reading reading = vault::config::read(sources);
    if (!reading.faults.empty()) return vault::config::as_error(reading.faults);
    VAULT_TRY(std::string directory, state_directory(arguments));
    const auto runner = vault::app::with_state_dir(reading.config, directory).runner;
    using vault::runner::RunnerRole;
    vault::app::RunnerPlaces places{
        vault::runner::find_runner(RunnerRole::Scripts, runner.socket, runner.program),
        vault::runner::find_runner(RunnerRole::Hooks, runner.hooks_socket, runner.program)};
    VAULT_TRYV(vault::secrets::harden_process());  // before the first key is read
    vault::SystemClock clock;
    vault::StderrLogger logger{reading.config.log.level};
    VAULT_TRY(const auto app, vault::app::App::create(
                                  {again, std::move(directory), sources.file, std::move(reading)},
                                  std::move(places), clock, logger));
    return app->run();
}

Result<int> restore(const Arguments& arguments) {
    const vault::config::Reading reading = vault::config::read(sources_of(arguments));
    if (!reading.faults.empty()) return vault::config::as_error(reading.faults);
    VAULT_TRY(const std::string directory, state_directory(arguments));
    VAULT_TRYV(vault::secrets::harden_process());
    const vault::SystemClock clock;
    const std::string file = std::filesystem::absolute(arguments.restore).string();
    VAULT_TRY(
        const auto label,
        vault::app::restore(vault::app::with_state_dir(reading.config, directory), file, clock));
    return print(
        fmt::format("restored into {}: the store of {}, batch {}, {} vaults with {} entries\n"
                    "vaultd halts everything when it starts: compare orders and balances "
                    "with the exchanges, then vaultctl resume\n",
                    directory, vault::format_utc(label.made_at), label.heads.batch,
                    label.heads.vaults, label.heads.entries));
}

Result<int> run(const Arguments& arguments) {
    if (arguments.help) return print(help_text());
    if (arguments.version) return print(fmt::format("vaultd {}\n", vault::app::kVersion));
    if (arguments.print_schema) return print(vault::config::schema_json());
    if (!arguments.restore.empty()) return restore(arguments);
    return arguments.check_config ? check_config(arguments) : serve(arguments);
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN);   // until the App listens to it
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error, for the store to handle
    ::umask(0077);
    auto arguments = parse_arguments(argc, argv);
    if (!arguments) return fail(arguments.error());
    const auto code = run(arguments.value());
    return code ? code.value() : fail(code.error());
}
