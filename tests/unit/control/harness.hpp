#pragma once
// A control server on a real Unix socket in a temporary directory, with a scripted engine behind
// it, and raw byte clients in front. The server runs on its own thread; the engine's script is set
// before start and guarded by a mutex after it. Everybody is signed in as ann, an admin whose
// everything is.
#include "common/protocol/codec.hpp"
#include "daemon/control/server.hpp"
#include "daemon/exchange/paper/key_validator.hpp"
#include "tests/support/no_backups.hpp"
#include "tests/support/open_access.hpp"
#include "tests/support/test_signer.hpp"
#include "tests/unit/control/fakes.hpp"
#include "tests/unit/report/fake_reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace vault::test {

namespace asio = boost::asio;
namespace json = boost::json;

// A blocking client that sends bytes and reads lines, with a time limit.
class RawClient {
  public:
    explicit RawClient(const std::string& path) {
        fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        set_timeout(5);
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    bool connected() const { return connected_; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    void end_writing() { ::shutdown(fd_, SHUT_WR); }
    void set_timeout(int seconds) {
        const timeval limit{seconds, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    }
    // False if the peer does not take it all.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    // One line without its end; none at the end of the stream or after the time limit.
    std::optional<std::string> line() {
        for (;;) {
            const auto end = buffer_.find('\n');
            if (end != std::string::npos) {
                std::string found = buffer_.substr(0, end);
                buffer_.erase(0, end + 1);
                return found;
            }
            char bytes[65536];
            const ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
            if (got <= 0) return std::nullopt;
            buffer_.append(bytes, static_cast<std::size_t>(got));
        }
    }
    json::object reply() {
        const auto text = line();
        if (!text) {
            ADD_FAILURE() << "no reply";
            return {};
        }
        auto parsed = protocol::parse_json(*text, text->size());
        if (!parsed || !parsed.value().is_object()) {
            ADD_FAILURE() << "not JSON: " << text->substr(0, 200);
            return {};
        }
        return parsed.value().as_object();
    }
    bool at_end() { return buffer_.empty() && !line(); }

    static std::string hello_line() {
        return R"({"jsonrpc":"2.0","id":"h","method":"hello",)"
               R"("params":{"protocol":{"min":1,"max":1},"client":"test"}})"
               "\n";
    }
    void hello() {
        ASSERT_TRUE(send(hello_line()));
        const json::object answer = reply();
        ASSERT_TRUE(answer.contains("result")) << protocol::to_compact(answer);
    }
    json::object call(const std::string& method, const std::string& params = "{}",
                      const std::string& meta = "{}") {
        send(request(method, params, meta));
        return reply();
    }
    static std::string request(const std::string& method, const std::string& params = "{}",
                               const std::string& meta = "{}", const std::string& id = "1") {
        return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + R"(","params":)" +
               params + R"(,"meta":)" + meta + "}\n";
    }

  private:
    int fd_ = -1;
    bool connected_ = false;
    std::string buffer_;
};

inline std::string error_code(const json::object& reply) {
    const auto* error = reply.if_contains("error");
    if (error == nullptr) return "(no error) " + protocol::to_compact(reply);
    return std::string(error->at("data").at("code").as_string());
}
inline const json::object& error_data(const json::object& reply) {
    return reply.at("error").at("data").as_object();
}

class ServerTest : public testing::Test {
  protected:
    ServerTest() {
        std::string pattern = "/tmp/vault-control-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
        std::filesystem::permissions(directory_, std::filesystem::perms::all);
        options.socket_path = directory_ + "/control.sock";
        health_.disk_used_pct = 12;
        health_.full_check_done = true;
        for (std::uint32_t i = 1; i <= 9; ++i)
            own(i, access.caller.user);
    }
    ~ServerTest() override {
        stop();
        std::filesystem::remove_all(directory_);
    }
    control::Server::Parts parts() {
        control::ReadSide side{std::make_unique<FakeReader>(), std::make_unique<FakeCandles>()};
        if (fill_reader) fill_reader(static_cast<FakeReader&>(*side.reader));
        return {commands,
                std::move(side),
                configuration,
                signer,
                signs_in != nullptr ? *signs_in : access,
                secrets,
                validator,
                backups,
                [this] { return health(); },
                {"0.1.0", "i1", 42},
                clock,
                log,
                {},
                last_event};
    }
    void start() {
        auto made = control::Server::create(io, options, parts());
        ASSERT_TRUE(made) << made.error().message();
        server = std::move(made.value());
        server->load(people);
        server->start();
        thread_ = std::thread([this] { io.run(); });
    }
    void stop() {
        if (!thread_.joinable()) return;
        auto stopping = [](control::Server& one) -> asio::awaitable<void> { co_await one.stop(); };
        asio::co_spawn(io, stopping(*server), asio::detached);
        thread_.join();
        server.reset();
    }
    const std::string& path() const { return options.socket_path; }
    // Account and vault of this number are the user's.
    void own(std::uint32_t number, UserId user) {
        ports::AccountRow account;
        account.id = AccountId{number};
        account.user = user;
        people.accounts.push_back(account);
        ports::VaultRow vault;
        vault.id = VaultId{number};
        vault.account = account.id;
        vault.user = user;
        people.vaults.push_back(vault);
    }
    static ports::UserRow user_row(UserId id, std::string name, Role role = Role::Member) {
        ports::UserRow row;
        row.id = id;
        row.name = std::move(name);
        row.role = role;
        return row;
    }

    asio::io_context io{1};
    control::Options options;
    FakeCommands commands;
    FakeConfiguration configuration;
    test::TestSigner signer;
    OpenAccess access;
    ports::Access* signs_in = nullptr;  // in its place, for what is about signing in
    PlainBox secrets;
    exchange::PaperKeyValidator validator;
    NoBackups backups;
    // Whose everything is: v1 to v9 and their accounts are the caller's.
    ports::WholeDirectory people{
        .users = {user_row(UserId{1}, "ann", Role::Admin), user_row(UserId{2}, "bob")},
        .accounts = {},
        .vaults = {},
        .api_keys = {},
        .key_policies = {},
        .identity = {},
        .secrets = {}};
    SteppingClock clock;
    NullLogger log;
    ports::StoreHealth health() const {
        const std::lock_guard lock(health_mutex_);
        return health_;
    }
    void set_health(ports::StoreHealth next) {
        const std::lock_guard lock(health_mutex_);
        health_ = std::move(next);
    }
    std::function<void(FakeReader&)> fill_reader;
    std::uint64_t last_event = 0;
    std::unique_ptr<control::Server> server;

  private:
    mutable std::mutex health_mutex_;
    ports::StoreHealth health_;
    std::string directory_;
    std::thread thread_;
};

}  // namespace vault::test
