// Accounts, keys, tokens and connections of the load.
#include "tests/emulator/kraken/bench/flat_message.hpp"
#include "tests/emulator/kraken/bench/load.hpp"
#include "tests/emulator/kraken/rest/signature.hpp"

#include <fmt/format.h>

#include <sys/epoll.h>
#include <unistd.h>

namespace vault::emulator_load {
namespace {

constexpr std::size_t kRestLines = 10;
constexpr std::array<std::string_view, 8> kAssets{"XXBT", "XETH", "SOL",  "XXDG",
                                                  "USDT", "USDC", "ZUSD", "ZEUR"};
constexpr std::string_view kJson = "Content-Type: application/json\r\n";

FlatMessage parsed(std::string_view text) {
    auto message = FlatMessage::parse(text);
    if (!message) give_up(fmt::format("no JSON: {}", text));
    return std::move(*message);
}

}  // namespace

Load::Load(EmulatorProcess& emulator, LoadShape shape)
    : emulator_(emulator),
      shape_(shape),
      plan_(shape.seed, shape.sockets),
      control_(emulator.control()),
      traders_(shape.sockets),
      watch_(::epoll_create1(EPOLL_CLOEXEC)) {
    open_accounts();
    open_sockets();
}

Load::~Load() {
    ::close(watch_);
}

std::string_view Load::control(std::string_view method, std::string_view body) {
    return control_.ask(fmt::format("/{}", method), kJson, body);
}

// Of the highest tier, with more money than any load needs.
void Load::open_accounts() {
    for (std::size_t i = 0; i < traders_.size(); ++i) {
        Trader& trader = traders_[i];
        trader.name = fmt::format("{}{}", kPrefix, i);
        control("account", fmt::format(R"({{"account":"{}","tier":"pro"}})", trader.name));
        for (const std::string_view asset : kAssets)
            control("transfer", fmt::format(R"({{"account":"{}","asset":"{}","amount":"{}"}})",
                                            trader.name, asset, 1'000'000'000));
        const FlatMessage made =
            parsed(control("key", fmt::format(R"({{"name":"{0}","account":"{0}"}})", trader.name)));
        trader.key = made.text("key");
        trader.secret = made.text("secret");
    }
}

void Load::post_signed(Trader& trader, HttpLine& line, std::string_view method,
                       const std::string& form) {
    const std::string path = fmt::format("/0/private/{}", method);
    const std::string nonce = std::to_string(++trader.nonce);
    const std::string body = fmt::format("nonce={}{}", nonce, form);
    line.post(path,
              fmt::format("API-Key: {}\r\nAPI-Sign: {}\r\n"
                          "Content-Type: application/x-www-form-urlencoded\r\n",
                          trader.key, kraken_emulator::api_sign(trader.secret, path, nonce, body)),
              body);
}

void Load::watch(int fd, std::size_t number) {
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.u64 = number;
    if (::epoll_ctl(watch_, EPOLL_CTL_ADD, fd, &wanted) != 0) give_up("epoll takes no more");
}

void Load::open_sockets() {
    for (std::size_t i = 0; i < kRestLines; ++i) {
        rest_.push_back({std::make_unique<HttpLine>(emulator_.api()), {}});
        watch(rest_.back().line->fd(), traders_.size() + i);
    }
    public_ = std::make_unique<WebSocket>(emulator_.api(), "/v2");
    watch(public_->fd(), traders_.size() + rest_.size());
    std::string symbols;
    for (const auto& pair : plan_.instruments().pairs())
        symbols.append(symbols.empty() ? "\"" : ",\"").append(pair.symbol).append("\"");
    public_->send(fmt::format(
        R"({{"method":"subscribe","params":{{"channel":"trade","symbol":[{}]}}}})", symbols));
    for (std::size_t i = 0; i < traders_.size(); ++i)
        subscribe(i);
}

void Load::subscribe(std::size_t number) {
    Trader& trader = traders_[number];
    HttpLine& line = *rest_[number % rest_.size()].line;
    post_signed(trader, line, "GetWebSocketsToken", "");
    while (trader.token.empty()) {
        line.wait();
        if (const auto reply = line.next()) trader.token = parsed(*reply).text("result.token");
    }
    trader.socket = std::make_unique<WebSocket>(emulator_.api(), "/auth/v2");
    for (const std::string_view channel : {"executions", "balances"})
        trader.socket->send(
            fmt::format(R"({{"method":"subscribe","params":{{"channel":"{}","token":"{}"}}}})",
                        channel, trader.token));
    trader.socket->send(R"({"method":"ping"})");
    while (!trader.settled)
        take_message(number, parsed(trader.socket->await()));
    watch(trader.socket->fd(), number);
}

}  // namespace vault::emulator_load
