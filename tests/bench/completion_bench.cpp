// What a key press costs: bash reading the completion script, bash completing a fixed word with it
// (which starts no program), and the program that is started for names, where no daemon runs.
// Medians of several runs; baseline: the same bash, or a program that does nothing.
#include "cli/command/completion.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/figures.hpp"

#include <cstdlib>
#include <fstream>

namespace vault::bench {
namespace {

constexpr int kRounds = 15;
constexpr int kWords = 300;

double seconds_of(const std::string& command) {
    std::vector<double> rounds;
    for (int round = 0; round < kRounds; ++round) {
        const SteadyTime start = now();
        VAULT_CHECK(std::system(command.c_str()) == 0, "the shell ends well");
        rounds.push_back(seconds_since(start));
    }
    return median(rounds);
}

std::string bash(const std::string& code) {
    return "bash --norc --noprofile -c \"" + code + "\" >/dev/null";
}

void add(Figures& figures, const std::string& name, double value, std::optional<double> baseline) {
    if (baseline) *baseline *= 1e3;
    figures.add(
        {.name = name, .value = value * 1e3, .unit = "ms", .baseline = baseline, .runs = kRounds});
}

int run(int argc, char** argv) {
    Figures figures(argc, argv);
    const WorkFolder folder;
    const std::string script = folder.path() / "vaultctl";
    std::ofstream(script) << command::completion_script(command::Shell::Bash);
    const std::string source = "source '" + script + "'";
    const double bare = seconds_of(bash(":"));
    const double loaded = seconds_of(bash(source));
    add(figures, "bash reads the completion script", loaded, bare);
    const double completed = seconds_of(bash(fmt::format(
        "{}; COMP_WORDS=(vaultctl sleeve pause v1 fl) COMP_CWORD=4; for ((i = 0; i < {}; i++)); "
        "do _vaultctl; done; [ \\${{COMPREPLY[0]}} = flash ]",
        source, kWords)));
    add(figures, "bash completes a fixed word", (completed - loaded) / kWords, std::nullopt);
    const std::string program = program_folder() / "vaultctl";
    add(figures, "vaultctl __complete without a daemon",
        seconds_of("VAULTCTL_SOCKET=/nonexistent/s '" + program + "' __complete vaults"),
        seconds_of("/bin/true"));
    return figures.exit_code();
}

}  // namespace
}  // namespace vault::bench

int main(int argc, char** argv) {
    return vault::bench::run(argc, argv);
}
