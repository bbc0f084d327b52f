// vaultd: arguments, configuration, App::run(), exit code. Nothing else lives here; the composition
// root is daemon/app/app.cpp, the map of the rooms daemon/README.md.
#include "common/protocol/errors.hpp"
#include "daemon/app/app.hpp"

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <sys/stat.h>

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
    bool check_config = false;
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
    add("version", po::bool_switch(&into.version), "print the version and exit");
    add("help,h", po::bool_switch(&into.help), "print this and exit");
    return options;
}

// An empty path is a variable that was not set: taking the default for it would open another store.
Result<void> check_paths(const po::variables_map& values) {
    for (const char* name : {"config", "state-dir", "socket"})
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
    } catch (const std::exception& fault) {
        return Error{Errc::Usage, fault.what(), {}, "see vaultd --help"};
    }
    return arguments;
}

// Where the configuration comes from; without a file, the defaults.
std::string config_file(const Arguments& arguments) {
    std::error_code status;
    if (!arguments.config.empty()) return arguments.config;
    return std::filesystem::exists(kConfigFile, status) ? kConfigFile : "defaults";
}

Result<vault::config::Config> read_config(const Arguments& arguments) {
    const std::string file = config_file(arguments);
    const bool shipped = arguments.config.empty() && file != kConfigFile;
    return shipped ? vault::config::defaults() : vault::config::load(file);
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
    fmt::print(stderr, "vaultd: {}\n", error.message());
    const auto& row = vault::protocol::error_row(error.code());
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

Result<int> run(const Arguments& arguments) {
    if (arguments.help) return print(help_text());
    if (arguments.version) return print(fmt::format("vaultd {}\n", vault::app::kVersion));
    VAULT_TRY(vault::config::Config config, read_config(arguments));
    if (arguments.check_config)
        return print(fmt::format("{}: the configuration is right\n", config_file(arguments)));
    VAULT_TRY(const std::string directory, state_directory(arguments));
    config = vault::app::with_state_dir(std::move(config), directory);
    if (!arguments.socket.empty())
        config.control.socket = std::filesystem::absolute(arguments.socket).string();
    vault::SystemClock clock;
    vault::StderrLogger logger{config.log.level};
    VAULT_TRY(const auto app, vault::app::App::create(config, clock, logger));
    return app->run();
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    ::umask(0077);
    auto arguments = parse_arguments(argc, argv);
    if (!arguments) return fail(arguments.error());
    const auto code = run(arguments.value());
    return code ? code.value() : fail(code.error());
}
