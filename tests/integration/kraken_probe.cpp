// Speaks to a Kraken by the adapter's own parts, as a test tells it to: one command a line on
// stdin, one JSON object a line back. The same Rest serves all of them, so that connections,
// counters and back-offs live on from one to the next.
//
//     validate KEY SECRET LIMIT                    what the validator says; LIMIT in ms
//     history KEY SECRET LIMIT SINCE               what happened on the account since
//     private METHOD KEY SECRET LIMIT [NAME=VALUE …]
//     public METHOD LIMIT [NAME=VALUE …]
//     together N METHOD KEY SECRET LIMIT           N calls at once
//     canceled AFTER METHOD KEY SECRET LIMIT       a call that is canceled after so many ms
//     names LIMIT                                  Assets and AssetPairs, as they are understood
#include "common/base/clock.hpp"
#include "common/protocol/errors.hpp"
#include "daemon/exchange/kraken/history.hpp"
#include "daemon/exchange/kraken/key_validator.hpp"
#include "daemon/exchange/kraken/names.hpp"
#include "daemon/runtime/task_group.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <iostream>
#include <sstream>

namespace {

using vault::Duration;
using vault::Error;
using vault::Secret;
using vault::exchange::kraken::CallResult;
using vault::exchange::kraken::Fields;
using vault::exchange::kraken::Rest;

namespace asio = boost::asio;
namespace json = boost::json;
namespace kraken = vault::exchange::kraken;

struct Probe {
    Probe(kraken::RestSettings settings) : rest(std::move(settings), clock) {}

    vault::SystemClock clock;
    asio::io_context io;
    Rest rest;
    kraken::KrakenKeyValidator validator{rest};
    kraken::KrakenHistory history{rest, clock};
};

// The words of a command, and what it says back.
struct Command {
    std::vector<std::string> words;
    std::size_t next = 1;
    json::object reply{};

    std::string word() { return next < words.size() ? words[next++] : std::string{}; }
    Duration span() { return Duration{std::stoll("0" + word())}; }
    Fields fields() {
        Fields out;
        while (next < words.size()) {
            const std::string each = word();
            const std::size_t equals = each.find('=');
            out.emplace_back(each.substr(0, equals), each.substr(equals + 1));
        }
        return out;
    }
};

json::object told(const Error& error) {
    return {{"error", vault::protocol::error_row(error.code()).code},
            {"field", error.field()},
            {"message", error.message()},
            {"hint", error.hint()}};
}

json::object told(const CallResult& got) {
    if (got) {
        json::object out{{"result", got.value().result}};
        out["latency_us"] = got.value().latency_us;
        return out;
    }
    json::object out = told(got.error().error());
    out["outcome"] = kraken::to_text(got.error().outcome());
    out["words"] = got.error().words();
    return out;
}

asio::awaitable<void> validate(Probe& probe, Command& command) {
    const Secret key{command.word()};
    const Secret secret{command.word()};
    auto asking = probe.validator.validate("kraken", key, secret, command.span());
    const auto got = co_await std::move(asking);
    if (!got) {
        command.reply = told(got.error());
        co_return;
    }
    const vault::ports::KeyFindings& found = got.value();
    command.reply = {{"accepted", found.signature_accepted},
                     {"query_funds", found.rights.query_funds},
                     {"trade", found.rights.trade},
                     {"withdraw", found.rights.withdraw},
                     {"ip", vault::ports::to_text(found.ip)},
                     {"expires", found.expires_at ? vault::format_utc(*found.expires_at) : ""},
                     {"identity", found.account_identity},
                     {"message", found.message}};
    command.reply["latency_us"] = found.latency_us;
}

asio::awaitable<void> history(Probe& probe, Command& command) {
    const Secret key{command.word()};
    const Secret secret{command.word()};
    const Duration limit = command.span();
    const vault::UtcTime since = vault::parse_utc(command.word()).value();
    auto asking = probe.history.read("kraken", key, secret, since, limit);
    const auto got = co_await std::move(asking);
    if (!got) {
        command.reply = told(got.error());
        co_return;
    }
    json::array open, ended, trades;
    for (const vault::ports::PastOrder& order : got.value().orders)
        (order.ended ? ended : open).emplace_back(order.id);
    for (const vault::ports::PastTrade& trade : got.value().trades)
        trades.emplace_back(trade.id);
    command.reply = {{"open", open}, {"ended", ended}, {"trades", trades}};
}

asio::awaitable<void> call_private(Probe& probe, Command& command) {
    std::string method = command.word();
    const Secret key{command.word()};
    const Secret secret{command.word()};
    const Duration limit = command.span();
    auto asking = probe.rest.call_private(std::move(method), command.fields(), key, secret, limit);
    const CallResult got = co_await std::move(asking);
    command.reply = told(got);
}

asio::awaitable<void> call_public(Probe& probe, Command& command) {
    std::string method = command.word();
    const Duration limit = command.span();
    auto asking = probe.rest.call_public(std::move(method), command.fields(), limit);
    const CallResult got = co_await std::move(asking);
    command.reply = told(got);
}

asio::awaitable<void> names(Probe& probe, Command& command) {
    const Duration limit = command.span();
    auto listing = probe.rest.call_public("Assets", Fields{}, limit);
    const CallResult assets = co_await std::move(listing);
    auto pairing = probe.rest.call_public("AssetPairs", Fields{}, limit);
    const CallResult pairs = co_await std::move(pairing);
    if (!assets || !pairs) co_return;
    const auto known = kraken::AssetNames::read(assets.value().result);
    if (!known) co_return;
    const auto read = kraken::read_pairs(pairs.value().result, known.value());
    if (!read) co_return;
    for (const auto& [pair, listed] : read.value().pairs)
        command.reply[pair.text()] = fmt::format(
            "{} {} {} {} {} {} {}", listed.key, listed.altname, listed.rules.tick.text(),
            listed.rules.lot.text(), listed.rules.min_quantity.text(), listed.rules.min_cost.text(),
            vault::to_text(listed.rules.status));
}

using Work = asio::awaitable<void> (*)(Probe&, Command&);

void run(Probe& probe, Work work, Command& command) {
    vault::runtime::TaskGroup group{probe.io.get_executor()};
    group.spawn(work(probe, command));
    probe.io.restart();
    probe.io.run();
}

void together(Probe& probe, Command& command) {
    const std::size_t count = std::stoul(command.word());
    command.words.erase(command.words.begin() + 1);
    std::vector<Command> calls(count, Command{command.words});
    vault::runtime::TaskGroup group{probe.io.get_executor()};
    for (Command& each : calls)
        group.spawn(call_private(probe, each));
    probe.io.restart();
    probe.io.run();
    for (std::size_t i = 0; i < count; ++i)
        command.reply[fmt::to_string(i)] = std::move(calls[i].reply);
}

void canceled(Probe& probe, Command& command) {
    asio::steady_timer timer{probe.io, command.span()};
    command.words.erase(command.words.begin() + 1);
    command.next = 1;
    vault::runtime::TaskGroup group{probe.io.get_executor()};
    group.spawn(call_private(probe, command));
    timer.async_wait([&](const boost::system::error_code&) { group.stop(); });
    probe.io.restart();
    probe.io.run();
    command.reply["canceled"] = command.reply.empty();
}

void obey(Probe& probe, Command& command) {
    const std::string& what = command.words.front();
    if (what == "validate") return run(probe, validate, command);
    if (what == "history") return run(probe, history, command);
    if (what == "private") return run(probe, call_private, command);
    if (what == "public") return run(probe, call_public, command);
    if (what == "names") return run(probe, names, command);
    if (what == "together") return together(probe, command);
    if (what == "canceled") return canceled(probe, command);
    command.reply["unknown"] = what;
}

}  // namespace

int main(int argc, char** argv) {
    const auto origin = vault::parse_url(argc > 1 ? argv[1] : "");
    if (!origin) {
        std::cerr << "usage: kraken_probe ORIGIN [CA_FILE]\n";
        return 64;
    }
    Probe probe{{origin.value(), argc > 2 ? argv[2] : ""}};
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream in{line};
        Command command;
        for (std::string word; in >> word;)
            command.words.push_back(word);
        if (command.words.empty()) continue;
        obey(probe, command);
        std::cout << json::serialize(command.reply) << std::endl;
    }
}
