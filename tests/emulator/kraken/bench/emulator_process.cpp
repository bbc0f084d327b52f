#include "tests/emulator/kraken/bench/emulator_process.hpp"

#include "tests/bench/measure.hpp"
#include "tests/emulator/kraken/bench/flat_message.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace vault::emulator_load {
namespace {

std::uint16_t port_of(std::string_view url) {
    const std::string_view digits = url.substr(url.rfind(':') + 1);
    std::uint16_t port = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (port == 0) give_up("the emulator does not say where it listens");
    return port;
}

}  // namespace

void give_up(std::string_view why) {
    fmt::print(stderr, "emulator_load_bench: {}\n", why);
    std::exit(2);
}

void run_on_core(unsigned core) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core % std::max(1U, std::thread::hardware_concurrency()), &one);
    if (::sched_setaffinity(0, sizeof one, &one) != 0) give_up("a core cannot be chosen");
}

EmulatorProcess::EmulatorProcess(std::filesystem::path truth, std::uint64_t seed)
    : truth_(std::move(truth)) {
    const std::string program = (bench::program_folder() / "kraken_emulator").string();
    const std::string file = truth_.string(), digits = std::to_string(seed);
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) give_up("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        run_on_core(kCore);
        ::dup2(pipe[1], STDOUT_FILENO);
        ::close(pipe[0]);
        ::close(pipe[1]);
        ::execl(program.c_str(), "kraken_emulator", "--json", "--scale", "0", "--seed",
                digits.c_str(), "--truth", file.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(pipe[1]);
    out_ = pipe[0];
    const auto where = FlatMessage::parse(said());
    if (!where) give_up(program + " does not start");
    api_ = port_of(where->text("api"));
    control_ = port_of(where->text("control"));
}

EmulatorProcess::~EmulatorProcess() {
    ::close(out_);
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

// Its first line.
std::string EmulatorProcess::said() const {
    std::string out;
    char next = 0;
    while (::read(out_, &next, 1) == 1 && next != '\n')
        out += next;
    return out;
}

double EmulatorProcess::cpu_seconds() const {
    return bench::cpu_seconds_of(pid_);
}

double EmulatorProcess::resident_mib() const {
    std::ifstream in{fmt::format("/proc/{}/status", pid_)};
    std::string word;
    double kib = 0;
    while (in >> word)
        if (word == "VmRSS:" && in >> kib) return kib / 1024;
    give_up("no VmRSS of the emulator");
}

void EmulatorProcess::stop() {
    int status = 0;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) give_up("the emulator did not end well");
}

}  // namespace vault::emulator_load
