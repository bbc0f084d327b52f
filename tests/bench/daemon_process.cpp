#include "tests/bench/daemon_process.hpp"

#include "common/protocol/registry.hpp"
#include "tests/bench/measure.hpp"

#include <fmt/format.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace vault::bench {
namespace {

constexpr std::size_t kInFlight = 512;
constexpr auto kBusyPause = std::chrono::milliseconds{5};

constexpr const char* kOpenLimits =
    "control:\n"
    "  requests_per_second: 100000\n"
    "  burst: 100000\n"
    "  in_flight_max: 1024\n"
    "quota:\n"
    "  accounts_per_user: 100000\n"
    "  vaults_per_user: 100000\n";
constexpr const char* kQuietLog =
    "log:\n"
    "  level: warning\n";

// Long enough, and made of what no list has.
constexpr std::string_view kPassword = "quiet harbour 47 lanterns";
constexpr std::string_view kFirstPassword = "loud harbour 48 lanterns";

[[noreturn]] void give_up(const std::string& what) {
    fmt::print(stderr, "bench: {}\n", what);
    std::exit(2);
}

std::string read_text(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

}  // namespace

int connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) give_up("the socket's path is too long: " + path);
    path.copy(address.sun_path, path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
}

DaemonProcess::DaemonProcess(std::filesystem::path state, Limits limits)
    : state_(std::move(state)) {
    std::ofstream{state_ / "config.yaml"} << (limits == Limits::Open ? kOpenLimits : "")
                                          << kQuietLog;
    std::ofstream{password_file()} << kPassword << '\n';
    std::filesystem::permissions(
        password_file(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

DaemonProcess::~DaemonProcess() {
    if (pid_ > 0) kill();
}

double DaemonProcess::start() {
    const std::string program = (program_folder() / "vaultd").string();
    const std::string log = (state_ / "log").string();
    const std::string config = (state_ / "config.yaml").string();
    const std::string state = state_.string();
    const std::string path = socket();
    const SteadyTime begun = now();
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        ::dup2(out, STDERR_FILENO);
        ::execl(program.c_str(), "vaultd", "--config", config.c_str(), "--state-dir", state.c_str(),
                "--socket", path.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    while (!answers()) {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            pid_ = -1;
            give_up("vaultd ended at start:\n" + read_text(state_ / "log"));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return seconds_since(begun);
}

bool DaemonProcess::answers() const {
    const int fd = connect_to(socket());
    if (fd < 0) return false;
    ::close(fd);
    Caller{socket()}.call("health", {});
    return true;
}

std::string DaemonProcess::sign_in(const std::string& name) {
    Caller nobody{socket()};
    const auto login = [&](std::string_view who, std::string_view password) {
        const json::value data =
            nobody.call("login", {{"name", who}, {"password", password}, {"origin", "bench"}});
        return std::string{data.at("token").as_string()};
    };
    if (admin_.empty()) {
        nobody.call("user.create", {{"name", kAdmin}, {"role", "admin"}, {"password", kPassword}});
        admin_ = login(kAdmin, kPassword);
    }
    if (name == kAdmin) return admin_;
    Caller{socket(), admin_}.call(
        "user.create", {{"name", name}, {"role", "member"}, {"password", kFirstPassword}});
    std::string token = login(name, kFirstPassword);
    Caller{socket(), token}.call("passwd",
                                 {{"password", kFirstPassword}, {"new_password", kPassword}});
    return token;
}

void DaemonProcess::stop() {
    ::kill(pid_, SIGTERM);
    reap();
}

void DaemonProcess::kill() {
    ::kill(pid_, SIGKILL);
    reap();
}

void DaemonProcess::reap() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
}

double DaemonProcess::resident_mib() const {
    std::ifstream in{fmt::format("/proc/{}/smaps_rollup", pid_)};
    std::string word;
    double kib = 0;
    while (in >> word)
        if (word == "Rss:" && in >> kib) return kib / 1024;
    give_up("no /proc/PID/smaps_rollup");
}

double DaemonProcess::cpu_seconds() const {
    return cpu_seconds_of(pid_);
}

Caller::Caller(const std::string& socket, std::string token)
    : fd_(connect_to(socket)), token_(std::move(token)) {
    if (fd_ < 0) give_up("vaultd does not listen at " + socket);
    protocol::Hello hello;
    hello.client = "bench 1";
    call("hello", protocol::hello_params(hello));
}

Caller::~Caller() {
    ::close(fd_);
}

void Caller::send(std::string_view method, json::object params) {
    protocol::Request request;
    request.id = ++last_id_;
    request.method = method;
    request.params = std::move(params);
    if (method != "hello") request.meta.token = token_;
    const protocol::Method* known = protocol::find_method(method);
    // As long as the keys that vaultctl makes: the daemon remembers them for a day.
    if (known != nullptr && known->mutates)
        request.meta.idem_key = fmt::format("auto-{:08}-{:027}", number_, last_id_);
    write(flying_[last_id_] = protocol::encode_request(request));
}

void Caller::write(const std::string& line) {
    for (std::size_t done = 0; done < line.size();) {
        const ssize_t sent = ::write(fd_, line.data() + done, line.size() - done);
        if (sent <= 0) give_up("the daemon closed the connection");
        done += static_cast<std::size_t>(sent);
    }
}

json::value Caller::receive() {
    for (;;) {
        std::optional<std::string> line;
        while (!(line = lines_.next())) {
            std::array<char, 65'536> buffer;
            const ssize_t size = ::read(fd_, buffer.data(), buffer.size());
            if (size <= 0) give_up("the daemon closed the connection");
            lines_.feed({buffer.data(), static_cast<std::size_t>(size)});
        }
        auto reply = protocol::decode_reply(*line);
        if (!reply) give_up(reply.error().message());
        const std::int64_t id = reply.value().id.to_number<std::int64_t>();
        const auto& failure = reply.value().failure;
        if (!failure) {
            flying_.erase(id);
            return std::move(reply.value().data);
        }
        if (!failure->retryable) give_up("vaultd refused: " + failure->message);
        std::this_thread::sleep_for(kBusyPause);
        write(flying_.at(id));
    }
}

void Caller::drain() {
    while (!flying_.empty())
        receive();
}

json::value Caller::call(std::string_view method, json::object params) {
    drain();
    send(method, std::move(params));
    return receive();
}

void Caller::post(std::string_view method, json::object params) {
    if (flying_.size() >= kInFlight) receive();
    send(method, std::move(params));
}

}  // namespace vault::bench
