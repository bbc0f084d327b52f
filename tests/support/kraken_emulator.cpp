#include "tests/support/kraken_emulator.hpp"

#include "common/base/check.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace vault::testing {
namespace {

// The text of a member that has no escapes.
std::string member(std::string_view line, std::string_view name) {
    const std::string key = "\"" + std::string{name} + "\":\"";
    const std::size_t at = line.find(key);
    VAULT_CHECK(at != std::string_view::npos, "the emulator does not say where it listens");
    const std::string_view rest = line.substr(at + key.size());
    return std::string{rest.substr(0, rest.find('"'))};
}

std::uint16_t port_of(std::string_view url) {
    const std::string_view digits = url.substr(url.rfind(':') + 1);
    std::uint16_t port = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return port;
}

// One request over one connection; gives all that comes back.
std::string ask(std::uint16_t port, std::string_view request) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int connected =
        ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    VAULT_CHECK(connected == 0, "the emulator does not answer");
    const auto sent = ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    VAULT_CHECK(std::cmp_equal(sent, request.size()), "the emulator does not listen");
    std::string answer;
    char chunk[4096];
    for (ssize_t got = 0; (got = ::recv(socket, chunk, sizeof chunk, 0)) > 0;)
        answer.append(chunk, static_cast<std::size_t>(got));
    ::close(socket);
    const std::size_t body = answer.find("\r\n\r\n");
    VAULT_CHECK(answer.starts_with("HTTP/1.1 200") && body != std::string::npos, answer.c_str());
    return answer.substr(body + 4);
}

}  // namespace

KrakenEmulator::KrakenEmulator(std::vector<std::string> options) : options_(std::move(options)) {
    start();
}

KrakenEmulator::~KrakenEmulator() {
    kill();
}

void KrakenEmulator::start() {
    const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const std::string program = (folder / "kraken_emulator").string();
    std::vector<std::string> words{program,          "--json",
                                   "--port",         std::to_string(api_port_),
                                   "--control-port", std::to_string(control_port_)};
    words.insert(words.end(), options_.begin(), options_.end());
    std::vector<char*> arguments;
    for (std::string& each : words)
        arguments.push_back(each.data());
    arguments.push_back(nullptr);
    int pipe[2] = {};
    VAULT_CHECK(::pipe(pipe) == 0, "no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(pipe[1], STDOUT_FILENO);
        ::close(pipe[0]);
        ::close(pipe[1]);
        ::execv(program.c_str(), arguments.data());
        ::_exit(127);
    }
    ::close(pipe[1]);
    out_ = pipe[0];
    const std::string line = first_line();
    api_ = member(line, "api");
    control_ = member(line, "control");
    api_port_ = port_of(api_);
    control_port_ = port_of(control_);
}

std::string KrakenEmulator::first_line() const {
    std::string out;
    for (char next = 0; ::read(out_, &next, 1) == 1 && next != '\n';)
        out += next;
    return out;
}

void KrakenEmulator::kill() {
    if (pid_ <= 0) return;
    ::close(out_);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

void KrakenEmulator::start_again() {
    VAULT_CHECK(pid_ <= 0, "it still runs");
    start();
}

std::string KrakenEmulator::socket_url() const {
    const bool tls = api_.starts_with("https");
    return (tls ? "wss" : "ws") + api_.substr(api_.find(':')) + "/v2";
}

std::string KrakenEmulator::drive(std::string_view method, std::string_view members) const {
    std::string request = "POST /" + std::string{method} + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    request += "Connection: close\r\nContent-Length: " + std::to_string(members.size());
    request += "\r\n\r\n" + std::string{members};
    return ask(control_port_, request);
}

std::string KrakenEmulator::get(std::string_view target) const {
    return ask(api_port_, "GET " + std::string{target} +
                              " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
}

}  // namespace vault::testing
