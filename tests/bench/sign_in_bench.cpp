// Whether the time of an answer tells that a user exists: wrong passwords for names that somebody
// has, against names that nobody has, in turn, from ten uids (each may try twenty times a minute).
// Beside it what one password check costs. As root only, for the uids.
#include "tests/bench/daemon_process.hpp"
#include "tests/bench/line_client.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/figures.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vault::bench {
namespace {

constexpr int kUids = 10;
constexpr int kTries = 5;  // of one uid at one name; the sixth would have to wait
constexpr uid_t kFirstUid = 61800;
constexpr double kMost = 1.05;

std::string login_line(const std::string& name, int number) {
    return fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"login","params":{{"name":"{}",)"
                       R"("password":"a guess that is wrong"}},"meta":{{"idem_key":"try-{}"}}}})"
                       "\n",
                       name, number);
}

// This process becomes the uid, tries, and writes down what each try took.
void try_as(uid_t uid, const std::string& socket, int pipe, int base) {
    VAULT_CHECK(::setresgid(uid, uid, uid) == 0 && ::setresuid(uid, uid, uid) == 0,
                "root becomes another uid");
    LineClient client(socket);
    client.exchange(kHello);
    for (int i = 0; i < kTries; ++i) {
        const double known =
            client.timed(login_line(fmt::format("known{}", base), base * 100 + 2 * i));
        const double unknown =
            client.timed(login_line(fmt::format("nobody{}", base), base * 100 + 2 * i + 1));
        const double both[] = {known, unknown};
        VAULT_CHECK(::write(pipe, both, sizeof both) == sizeof both, "a pipe takes two numbers");
    }
    ::_exit(0);
}

void measure(const std::string& socket, std::vector<double>& known, std::vector<double>& unknown) {
    for (int i = 0; i < kUids; ++i) {
        int ends[2];
        VAULT_CHECK(::pipe(ends) == 0, "a pipe can be made");
        const pid_t child = ::fork();
        if (child == 0) try_as(kFirstUid + static_cast<uid_t>(i), socket, ends[1], i);
        ::close(ends[1]);
        double both[2];
        while (::read(ends[0], both, sizeof both) == sizeof both) {
            known.push_back(both[0]);
            unknown.push_back(both[1]);
        }
        ::close(ends[0]);
        int status = 0;
        VAULT_CHECK(::waitpid(child, &status, 0) == child && status == 0, "the tries end well");
    }
}

int run(int argc, char** argv) {
    Figures figures(argc, argv);
    if (::geteuid() != 0) {
        fmt::print(stderr, "left out: signing in from several uids needs root\n");
        return 0;
    }
    const WorkFolder folder;
    DaemonProcess daemon(folder.path());
    daemon.start();
    {
        Caller admin(daemon.socket(), daemon.sign_in());
        for (int i = 0; i < kUids; ++i)
            admin.call("user.create", {{"name", fmt::format("known{}", i)},
                                       {"role", "member"},
                                       {"password", "juniper otter 41 walnut"}});
    }
    // The daemon lets in whom the socket's file lets in.
    ::chmod(folder.path().c_str(), 0711);
    ::chmod(daemon.socket().c_str(), 0666);
    std::vector<double> known, unknown;
    measure(daemon.socket(), known, unknown);
    const double ratio = median(known) / median(unknown);
    figures.add({.name = "a wrong password of a user, beside a name that nobody has (median)",
                 .value = median(known) * 1e3,
                 .unit = "ms",
                 .baseline = median(unknown) * 1e3,
                 .ratio = ratio,
                 .goal = "within 5 %",
                 .met = ratio <= kMost && ratio >= 1 / kMost,
                 .runs = known.size() + unknown.size()});
    daemon.stop();
    return figures.exit_code();
}

}  // namespace
}  // namespace vault::bench

int main(int argc, char** argv) {
    return vault::bench::run(argc, argv);
}
