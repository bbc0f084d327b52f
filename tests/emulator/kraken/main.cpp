// kraken_emulator: a Kraken on the loopback to test against. Prints where it listens, the keys that
// it made and how to use them; runs until it is interrupted.
#include "common/base/clock.hpp"
#include "tests/emulator/kraken/rest/signature.hpp"
#include "tests/emulator/kraken/server/http_server.hpp"
#include "tests/emulator/kraken/server/socket_link.hpp"
#include "tests/emulator/kraken/server/tls.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"
#include "tests/emulator/kraken/world/control.hpp"
#include "tests/support/command_line.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <utility>

namespace vault::kraken_emulator {
namespace {

namespace asio = boost::asio;
namespace po = boost::program_options;

struct Arguments {
    std::int64_t port = 0, control_port = 0;
    std::uint64_t seed = 1;
    std::string scale = "1", market = "synthetic", start, truth = "/dev/null";
    std::vector<std::string> replays;
    std::string script, tls_certificate, tls_key;
    bool json = false, help = false;
};

po::options_description described(Arguments& a) {
    po::options_description options{"kraken_emulator: a Kraken on the loopback to test against"};
    auto add = options.add_options();
    add("port", po::value(&a.port), "of the API; default 0: a free one");
    add("control-port", po::value(&a.control_port), "of the control endpoint; default: a free one");
    add("seed", po::value(&a.seed), "of market and ids; default 1");
    add("scale", po::value(&a.scale), "how fast time runs, 0 to 1000; 0: only as told; default 1");
    add("start", po::value(&a.start),
        "its time at the start, RFC 3339; default: when the first replay begins, else now");
    add("market", po::value(&a.market), "synthetic (default), or none: prices only as told");
    add("replay", po::value(&a.replays),
        "PAIR=FILE[@TIME]: the pair's market is that recording, from that time of it on; more than "
        "once for more pairs");
    add("truth", po::value(&a.truth), "file for the truth log, written anew; default: none");
    add("script", po::value(&a.script), "JSON file: what goes wrong when; default: nothing");
    add("tls-certificate", po::value(&a.tls_certificate), "PEM; with --tls-key the API is https");
    add("tls-key", po::value(&a.tls_key), "PEM");
    add("json", po::bool_switch(&a.json), "one line for programs instead of the how-to");
    add("help", po::bool_switch(&a.help), "this text");
    return options;
}

Result<Arguments> parse(int argc, char** argv) {
    Arguments out;
    const po::options_description options = described(out);
    VAULT_TRYV(test::read_command_line(options, argc, argv));
    if (out.help) std::cout << options;
    for (const std::int64_t port : {out.port, out.control_port})
        if (!std::in_range<std::uint16_t>(port))
            return Error{Errc::Usage, "--port and --control-port are numbers from 0 to 65535"};
    if (out.market != "synthetic" && out.market != "none")
        return Error{Errc::Usage, "--market is synthetic or none"};
    if (out.tls_certificate.empty() != out.tls_key.empty())
        return Error{Errc::Usage, "--tls-certificate and --tls-key go together"};
    return out;
}

Result<WorldSettings> world_settings(const Arguments& a, const Instruments& instruments,
                                     const Clock& clock) {
    WorldSettings out;
    out.exchange.seed = a.seed;
    out.synthetic = a.market == "synthetic";
    const auto scale = Decimal::parse(a.scale);
    if (!scale || scale.value().is_negative() || scale.value() > Decimal::from_int(1'000))
        return Error{Errc::Usage, "--scale is a number from 0 to 1000"};
    out.scale = static_cast<std::int64_t>(scale.value().raw() / (Decimal::kOne / 1'000));
    for (const std::string& each : a.replays) {
        VAULT_TRY(auto planned, parse_replay(instruments, each));
        for (const PlannedReplay& other : out.replays)
            if (other.pair == planned.pair)
                return Error{Errc::Usage, "--replay has " + instruments.pair(other.pair).altname +
                                              " twice; a pair has one market"};
        out.replays.push_back(std::move(planned));
    }
    const Moment usual = out.replays.empty() ? Moment{clock.now()} : begin_of(out.replays);
    const auto start = a.start.empty() ? usual : parse_rfc3339(a.start);
    if (!start) return Error{Errc::Usage, "--start is a time: 2026-03-04T00:00:00Z"};
    out.start = *start;
    return out;
}

// An account to begin with, made the way a test makes one.
struct Beginning {
    std::string key, secret;
};
Beginning begin(World& world, SteadyTime wall) {
    const auto control = [&](std::string_view path, std::string_view body) {
        Request request;
        request.method = "POST";
        request.path = path;
        request.body = body;
        return handle_control(world, request, wall).body;
    };
    control("/account", R"({"account":"main","tier":"pro"})");
    control("/transfer", R"({"account":"main","asset":"ZUSD","amount":"100000"})");
    control("/transfer", R"({"account":"main","asset":"USDT","amount":"100000"})");
    control("/transfer", R"({"account":"main","asset":"XXBT","amount":"2"})");
    control("/key", R"({"name":"main","account":"main"})");
    const ApiKey& key = *world.keys().find_name("main");
    return {key.key, key.secret};
}

std::string for_programs(const HttpServer& api, const HttpServer& control, const Beginning& key) {
    JsonWriter json;
    json.begin_object().member("api", api.url()).member("control", control.url());
    return json.member("key", key.key).member("secret", key.secret).end_object().take();
}

// With a signature that is good once: nonce 1 of a key that nobody has used yet.
std::string for_people(const HttpServer& api, const HttpServer& control, const Beginning& key) {
    const std::string path = "/0/private/BalanceEx", body = "nonce=1";
    const std::string_view trust = api.url().starts_with("https") ? " -k" : "";
    const std::string socket = "ws" + api.url().substr(4) + "/v2";
    return fmt::format(
        "Kraken's REST API is emulated at {0}; it is driven at {1}.\n"
        "Prices and rules come from {8}.\n"
        "Account 'main' has 100000 USD, 100000 USDT and 2 BTC, and a key named 'main':\n\n"
        "  key     {2}\n  secret  {3}\n\nAsk it something (the signature is good once):\n\n"
        "  curl{7} '{0}/0/public/Ticker?pair=XBTUSD'\n"
        "  curl{7} -d '{5}' -H 'API-Key: {2}' \\\n    -H 'API-Sign: {6}' \\\n    {0}{4}\n\n"
        "Drive it:\n\n"
        "  curl -d '{{\"pair\":\"XBTUSD\",\"price\":\"60000\",\"quantity\":\"1\"}}' {1}/trade\n"
        "  curl -d '{{\"scale\":\"60\",\"advance\":\"5m\"}}' {1}/time\n"
        "  curl {1}/state\n\nAll methods are in tests/emulator/kraken/README.md. Ctrl-C ends it.",
        api.url(), control.url(), key.key, key.secret, path, body,
        api_sign(key.secret, path, "1", body), trust, socket);
}

Result<Script> read_script(const std::string& file, Moment start) {
    if (file.empty()) return Script{};
    std::ifstream in{file, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in) return Error{Errc::Io, file + " cannot be read"};
    return Script::parse(text, file, start);
}

// The sockets of Kraken's two hosts, told apart by their path. As with requests, the truth is in
// the file before anybody can have an answer.
class Desk final : public SocketDesk {
  public:
    Desk(World& world, const Clock& clock) : world_(world), clock_(clock) {}

    std::optional<Reply> turned_away(const std::string& path, const std::string& address) override {
        auto reply = world_.turned_away(path, address, clock_.steady());
        world_.truth().flush();
        return reply;
    }
    SocketNo open(std::string_view path, Push push) override {
        if (path != kPublicPath && path != kPrivatePath) return 0;
        const SocketSide side = path == kPublicPath ? SocketSide::Public : SocketSide::Private;
        return world_.open_socket(side, std::move(push), clock_.steady());
    }
    void receive(SocketNo socket, std::string_view text) override {
        world_.receive(socket, text, clock_.steady());
        world_.truth().flush();
    }
    void close(SocketNo socket) override { world_.close_socket(socket); }
    void cut_off(SocketNo socket) override {
        world_.cut_off(socket, clock_.steady());
        world_.truth().flush();
    }

    static constexpr std::string_view kPublicPath = "/v2", kPrivatePath = "/auth/v2";

  private:
    World& world_;
    const Clock& clock_;
};

// So that time passes while nobody asks. A script that fails ends the program.
void keep_time(asio::steady_timer& timer, World& world, const Clock& clock, asio::io_context& io) {
    timer.expires_after(std::chrono::milliseconds{20});
    timer.async_wait([&](const boost::system::error_code& canceled) {
        if (canceled) return;
        world.advance(clock.steady());
        world.truth().flush();
        if (world.failure())
            io.stop();
        else
            keep_time(timer, world, clock, io);
    });
}

Result<void> run(const Arguments& arguments) {
    const SystemClock clock;
    Instruments listed = Instruments::usual();
    VAULT_TRY(const WorldSettings settings, world_settings(arguments, listed, clock));
    std::ofstream truth{arguments.truth};
    if (!truth) return Error{Errc::Io, arguments.truth + " cannot be written"};
    // Outlives the world, whose hub keeps the links of open sockets.
    asio::io_context io{1};
    World world{std::move(listed), settings, truth, clock.steady()};
    const Beginning key = begin(world, clock.steady());
    VAULT_TRY(Script script, read_script(arguments.script, settings.start));
    world.play(std::move(script), clock.steady());
    if (world.failure()) return *world.failure();
    std::unique_ptr<asio::ssl::context> tls;
    if (!arguments.tls_certificate.empty()) {
        VAULT_TRY(tls, server_context(arguments.tls_certificate, arguments.tls_key));
    }
    Desk desk{world, clock};
    // The truth is in the file before its reader can have the reply.
    const auto answer = [&](const Request& request) {
        Reply reply = world.handle(request, clock.steady());
        world.truth().flush();
        return reply;
    };
    const auto drive = [&](const Request& request) {
        Reply reply = handle_control(world, request, clock.steady());
        world.truth().flush();
        return reply;
    };
    HttpServer api{io, std::move(tls), answer, &desk};
    HttpServer control{io, nullptr, drive, nullptr};
    VAULT_TRYV(api.listen(static_cast<std::uint16_t>(arguments.port)));
    VAULT_TRYV(control.listen(static_cast<std::uint16_t>(arguments.control_port)));
    std::cout << (arguments.json ? for_programs(api, control, key) : for_people(api, control, key))
              << std::endl;
    asio::steady_timer timer{io};
    keep_time(timer, world, clock, io);
    asio::signal_set signals{io, SIGINT, SIGTERM};
    signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    io.run();
    truth.flush();
    if (world.failure()) return *world.failure();
    return truth ? Result<void>{success()} : Error{Errc::Io, arguments.truth + " was not written"};
}

int main_of(int argc, char** argv) {
    const Result<Arguments> arguments = parse(argc, argv);
    if (arguments && arguments.value().help) return 0;
    const Result<void> done = arguments ? run(arguments.value()) : arguments.error();
    if (done) return 0;
    std::cerr << "kraken_emulator: " << done.error().message() << '\n';
    if (!done.error().hint().empty()) std::cerr << done.error().hint() << '\n';
    return done.error().code() == Errc::Usage ? 64 : 1;
}

}  // namespace
}  // namespace vault::kraken_emulator

int main(int argc, char** argv) {
    return vault::kraken_emulator::main_of(argc, argv);
}
