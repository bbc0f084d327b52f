// The control socket of the real vaultd, with the limits as shipped; everybody is signed in:
//  - what one request costs on an open connection, beside a bare Asio echo of lines of the same
//    size; both servers on one core, their client on the other;
//  - what `vaultctl status` costs from start to end, beside a static program that does no more than
//    send the same request and print the reply; turn by turn;
//  - what others notice of a flood of 10,000 requests a second: their replies' p99 and that of
//    `halt`, beside those of the calm before. All are of one uid, so that the limits per uid do not
//    keep them apart; the flood is another user's. Calm and flood take turns.
// Arguments: [rounds] [--json].
#include "tests/bench/daemon_process.hpp"
#include "tests/bench/echo_server.hpp"
#include "tests/bench/flood.hpp"
#include "tests/bench/line_client.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/figures.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace vault::bench {
namespace {

constexpr int kTrips = 2'000;        // of each, a round
constexpr int kPrograms = 40;        // of each, a round
constexpr int kHalts = 200;          // a phase
constexpr int kOthersCalls = 1'000;  // a phase
constexpr std::size_t kOthers = 4;   // connections

// What is started from here on runs there too.
class OnCore {
  public:
    explicit OnCore(unsigned core) {
        VAULT_CHECK(::sched_getaffinity(0, sizeof before_, &before_) == 0, "cores can be asked");
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(core % std::max(1U, std::thread::hardware_concurrency()), &one);
        VAULT_CHECK(::sched_setaffinity(0, sizeof one, &one) == 0, "a core can be chosen");
    }
    ~OnCore() { ::sched_setaffinity(0, sizeof before_, &before_); }
    OnCore(const OnCore&) = delete;
    OnCore& operator=(const OnCore&) = delete;

  private:
    cpu_set_t before_{};
};

std::unique_ptr<LineClient> greeted(const std::string& socket) {
    auto client = std::make_unique<LineClient>(socket);
    VAULT_CHECK(!is_refusal(client->exchange(kHello)), "the daemon greets");
    return client;
}

std::vector<double> trips(LineClient& client, const std::string& line) {
    std::vector<double> out;
    for (int i = 0; i < kTrips; ++i)
        out.push_back(client.timed(line));
    return out;
}

// Both servers on one core, the client on another. `by_shard`: the shard's thread takes part in the
// answer, two changes of thread that an echo does not have; shown, but no goal.
void round_trip(Figures& figures, const std::string& method, bool by_shard, int rounds) {
    const WorkFolder work;
    DaemonProcess daemon{work.path()};
    std::string line;
    const std::string path = work.path() / "echo.sock";
    std::unique_ptr<EchoServer> echo;
    {
        const OnCore there{1};
        daemon.start();
        line = request_line(method, daemon.sign_in());
        const std::size_t size = greeted(daemon.socket())->exchange(line).size();
        echo = std::make_unique<EchoServer>(path, size);
    }
    const OnCore here{0};
    const auto client = greeted(daemon.socket());
    LineClient bare{path};
    std::vector<double> ours, theirs, tails;
    for (int round = 0; round < rounds; ++round) {
        theirs.push_back(median(trips(bare, line)));
        const std::vector<double> times = trips(*client, line);
        ours.push_back(median(times));
        tails.push_back(percentile(times, 99));
    }
    const double ratio = median(ours) / median(theirs);
    Figure trip{.name = "control_round_trip_" + method,
                .value = median(ours) * 1e6,
                .unit = "us p50",
                .baseline = median(theirs) * 1e6,
                .ratio = ratio,
                .runs = static_cast<std::uint64_t>(rounds * kTrips)};
    if (!by_shard) {
        trip.goal = "<= 2 x a bare Asio echo";
        trip.met = ratio <= 2;
    }
    figures.add(trip);
    figures.add({.name = "control_round_trip_" + method + "_p99",
                 .value = median(tails) * 1e6,
                 .unit = "us",
                 .runs = static_cast<std::uint64_t>(rounds * kTrips)});
}

// From the start of a program to its end: seconds.
double run_program(const std::string& program, std::vector<std::string> words) {
    words.insert(words.begin(), program);
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    const SteadyTime start = now();
    pid_t pid = -1;
    VAULT_CHECK(::posix_spawn(&pid, program.c_str(), &files, nullptr, argv.data(), environ) == 0,
                "the program starts");
    int status = 0;
    ::waitpid(pid, &status, 0);
    const double seconds = seconds_since(start);
    ::posix_spawn_file_actions_destroy(&files);
    VAULT_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the program ends well");
    return seconds;
}

void command_line(Figures& figures, int rounds) {
    const WorkFolder work;
    DaemonProcess daemon{work.path()};
    daemon.start();
    const std::string vaultctl = program_folder() / "vaultctl";
    const std::string least = program_folder() / "one_request";
    const std::string token_file = work.path() / "token";
    std::ofstream{token_file} << daemon.sign_in();
    // Where vaultctl keeps its session.
    ::setenv("XDG_RUNTIME_DIR", work.path().c_str(), 1);
    std::filesystem::permissions(work.path(), std::filesystem::perms::owner_all);
    run_program(vaultctl, {"login", DaemonProcess::kAdmin, "--password-file",
                           daemon.password_file(), "--socket", daemon.socket()});
    std::vector<double> ours, theirs;
    for (int i = 0; i < rounds * kPrograms; ++i) {
        theirs.push_back(run_program(least, {daemon.socket(), token_file}));
        ours.push_back(run_program(vaultctl, {"status", "--socket", daemon.socket()}));
    }
    const double ratio = median(ours) / median(theirs);
    figures.add({.name = "vaultctl_status",
                 .value = median(ours) * 1e3,
                 .unit = "ms",
                 .baseline = median(theirs) * 1e3,
                 .ratio = ratio,
                 .goal = "<= 1.3 x a static one-request program",
                 .met = ratio <= 1.3,
                 .runs = static_cast<std::uint64_t>(rounds * kPrograms)});
}

// Seconds of every call, a list for each phase.
struct Times {
    std::vector<std::vector<double>> phases;

    void begin_phase() { phases.emplace_back(); }
    void add(double seconds) { phases.back().push_back(seconds); }
    std::uint64_t calls() const {
        std::uint64_t sum = 0;
        for (const auto& phase : phases)
            sum += phase.size();
        return sum;
    }
    // The median of the phases' own, so that one disturbed phase does not decide.
    double p99() const {
        std::vector<double> each;
        for (const auto& phase : phases)
            each.push_back(percentile(phase, 99));
        return median(each);
    }
};

// What others than the flood see of the daemon.
struct Seen {
    Times status, list, halt;
    std::uint64_t refused = 0;

    std::uint64_t calls() const { return status.calls() + list.calls() + halt.calls(); }
};

class Others {
  public:
    Others(const std::string& socket, std::string token) : token_(std::move(token)) {
        for (std::size_t i = 0; i < kOthers; ++i)
            clients_.push_back(greeted(socket));
    }
    // Calls in turn on each connection, 500 a second together: status, now and then one that is no
    // member of the reserved lane; then halts.
    void look(Seen& seen) {
        for (Times* times : {&seen.status, &seen.list, &seen.halt})
            times->begin_phase();
        for (int i = 0; i < kOthersCalls; ++i) {
            LineClient& client = *clients_[static_cast<std::size_t>(i) % kOthers];
            ask(seen, seen.status, client, status_);
            if (i % 25 == 0) ask(seen, seen.list, client, list_);
        }
        for (int i = 0; i < kHalts; ++i) {
            LineClient& client = *clients_[static_cast<std::size_t>(i) % kOthers];
            ask(seen, seen.halt, client,
                request_line("halt", token_, fmt::format("halt-{}", ++keys_)));
        }
    }

  private:
    static void ask(Seen& seen, Times& times, LineClient& client, const std::string& line) {
        const SteadyTime start = now();
        seen.refused += is_refusal(client.exchange(line)) ? 1 : 0;
        times.add(seconds_since(start));
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }

    std::vector<std::unique_ptr<LineClient>> clients_;
    std::string token_;
    std::string status_ = request_line("status", token_);
    std::string list_ = request_line("vault.list", token_);
    std::uint64_t keys_ = 0;
};

void add_tail(Figures& figures, const std::string& name, const Times& calm, const Times& flooded,
              bool relative) {
    const double value = flooded.p99(), before = calm.p99();
    figures.add({.name = name,
                 .value = value * 1e3,
                 .unit = "ms p99",
                 .baseline = before * 1e3,
                 .ratio = value / before,
                 .goal = relative ? "<= 2 x the calm" : "<= 50 ms",
                 .met = relative ? value <= 2 * before : value <= 0.05,
                 .runs = flooded.calls()});
}

void flooded_by(Figures& figures, const std::string& method, int rounds) {
    const WorkFolder work;
    DaemonProcess daemon{work.path(), Limits::Shipped};
    daemon.start();
    Others others{daemon.socket(), daemon.sign_in()};
    const std::string flooder = daemon.sign_in("flooder");
    Seen calm, flooded;
    FloodCount sum;
    for (int round = 0; round < rounds; ++round) {
        others.look(calm);
        Flood flood{daemon.socket(), {.method = method, .token = flooder}};
        others.look(flooded);
        const FloodCount count = flood.stop();
        sum.seconds += count.seconds;
        sum.offered += count.offered;
        sum.answered += count.answered;
        sum.refused += count.refused;
    }
    const std::string name = "flood_of_" + method;
    const double offered = sum.offered / sum.seconds;
    figures.add({.name = name + "_offered",
                 .value = offered,
                 .unit = "requests/s",
                 .goal = ">= 10000/s",
                 .met = offered >= 9'990,
                 .runs = static_cast<std::uint64_t>(sum.offered)});
    figures.add({.name = name + "_answered",
                 .value = sum.answered / sum.seconds,
                 .unit = "replies/s",
                 .ratio = sum.answered / sum.offered,
                 .runs = static_cast<std::uint64_t>(sum.answered)});
    figures.add({.name = name + "_refused",
                 .value = sum.refused / sum.seconds,
                 .unit = "replies/s",
                 .ratio = sum.refused / sum.offered,
                 .runs = static_cast<std::uint64_t>(sum.refused)});
    add_tail(figures, name + "_others_status", calm.status, flooded.status, true);
    add_tail(figures, name + "_others_vault.list", calm.list, flooded.list, true);
    add_tail(figures, name + "_others_halt", calm.halt, flooded.halt, false);
    figures.add({.name = name + "_others_refused",
                 .value = static_cast<double>(flooded.refused),
                 .unit = "calls",
                 .baseline = static_cast<double>(calm.refused),
                 .goal = "none",
                 .met = flooded.refused == 0,
                 .runs = flooded.calls()});
}

}  // namespace
}  // namespace vault::bench

int main(int argc, char** argv) {
    vault::bench::Figures figures{argc, argv};
    const bool given = argc > 1 && std::string_view{argv[1]} != "--json";
    const int rounds = given ? std::max(1, std::atoi(argv[1])) : 5;
    vault::bench::round_trip(figures, "version", false, rounds);
    vault::bench::round_trip(figures, "health", true, rounds);
    vault::bench::command_line(figures, rounds);
    vault::bench::flooded_by(figures, "vault.list", rounds);
    vault::bench::flooded_by(figures, "status", rounds);
    return figures.exit_code();
}
