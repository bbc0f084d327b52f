// What clients of a socket ask for.
#include "common/protocol/codec.hpp"
#include "tests/emulator/kraken/socket/hub.hpp"
#include "tests/emulator/kraken/socket/private_messages.hpp"
#include "tests/emulator/kraken/wire/json_writer.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

namespace json = boost::json;

constexpr std::array<std::int64_t, 5> kDepths{10, 25, 100, 500, 1'000};
constexpr std::size_t kPastTrades = 50;
constexpr std::string_view kInvalidSession = "ESession:Invalid session";

bool is_private(Channel channel) {
    return channel == Channel::Executions || channel == Channel::Balances;
}
// As the REST calls that read the same.
Permission wanted_for(Channel channel) {
    return channel == Channel::Balances ? Permission::QueryFunds : Permission::QueryOpenTrades;
}
bool has_symbols(Channel channel) {
    return channel != Channel::Instrument && !is_private(channel);
}

std::string_view text_at(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
}
bool flag_at(const json::object& object, std::string_view name, bool otherwise) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}
std::int64_t number_at(const json::object& object, std::string_view name, std::int64_t otherwise) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : otherwise;
}

// {"depth":10}, {"interval":1}, {"event_trigger":"bbo"}
Answer<std::size_t> asked_detail(Channel channel, const json::object& params) {
    if (channel == Channel::Book) {
        const std::int64_t depth = number_at(params, "depth", kDepths.front());
        if (std::find(kDepths.begin(), kDepths.end(), depth) == kDepths.end())
            return Refusal{"Subscription depth not supported"};
        return static_cast<std::size_t>(depth);
    }
    if (channel == Channel::Ohlc) {
        const std::int64_t minutes =
            std::clamp<std::int64_t>(number_at(params, "interval", 1), 0, kIntervals.back());
        const auto index = interval_index(static_cast<int>(minutes));
        if (!index) return Refusal{"Subscription ohlc interval not supported"};
        return *index;
    }
    const bool bbo = channel == Channel::Ticker && text_at(params, "event_trigger") == "bbo";
    return bbo ? 1U : 0U;
}

// time_in and time_out are the same: nothing takes time here.
std::string ended(JsonWriter& json, const json::object& request, Moment now) {
    json.member("time_in", rfc3339(now, 6)).member("time_out", rfc3339(now, 6));
    if (request.contains("req_id"))
        json.raw_member("req_id", protocol::to_compact(request.at("req_id")));
    return json.end_object().take();
}

}  // namespace

std::string Hub::refusal(std::string_view text, std::string_view symbol,
                         const json::object& request) const {
    JsonWriter json;
    json.begin_object().member("error", text);
    if (const auto method = text_at(request, "method"); !method.empty())
        json.member("method", method);
    json.flag("success", false);
    if (!symbol.empty()) json.member("symbol", symbol);
    return ended(json, request, exchange_.clock());
}

std::string Hub::accepted(const Wish& wish, std::string_view symbol,
                          const json::object& request) const {
    JsonWriter json;
    json.begin_object().member("method", wish.subscribe ? "subscribe" : "unsubscribe");
    json.key("result").begin_object().member("channel", to_text(wish.channel));
    if (wish.channel == Channel::Ticker)
        json.member("event_trigger", wish.detail == 1 ? "bbo" : "trades");
    if (wish.channel == Channel::Book) json.key("depth").number(wish.detail);
    if (wish.channel == Channel::Ohlc) json.key("interval").number(kIntervals[wish.detail]);
    if (wish.channel == Channel::Executions) {
        json.key("maxratecount").number(wish.rate_most);
        if (!wish.executions.every_step) json.flag("order_status", false);
        if (wish.executions.rate_count) json.flag("ratecounter", true);
        json.flag("snap_orders", wish.snapshot).flag("snap_trades", wish.past_trades);
    } else if (wish.subscribe) {
        json.flag("snapshot", wish.snapshot);
    }
    if (!symbol.empty()) json.member("symbol", symbol);
    json.end_object().flag("success", true);
    return ended(json, request, exchange_.clock());
}

// Whose token it is. One that is too old goes on with a subscription that it opened here.
Answer<const ApiKey*> Hub::session(const Socket& socket, std::string_view token) const {
    const ApiKey* key = tokens_.owner(token);
    const bool opened = std::any_of(socket.tokens.begin(), socket.tokens.end(),
                                    [&](const auto& each) { return each.second == token; });
    if (key == nullptr || !(opened || tokens_.is_fresh(token, exchange_.now())))
        return Refusal{kInvalidSession};
    return key;
}

Answer<Hub::Wish> Hub::asked_wish(SocketNo socket, const json::object& request) {
    const json::value* given = request.if_contains("params");
    if (given == nullptr || !given->is_object()) return Refusal{"Event(s) not found"};
    const json::object& params = given->get_object();
    const auto channel = parse_channel(text_at(params, "channel"));
    const Socket& state = sockets_[socket];
    const bool offered = channel && is_private(*channel) == (state.side == SocketSide::Private);
    if (!offered) return Refusal{"Channel not found"};
    Wish wish;
    wish.channel = *channel;
    wish.subscribe = text_at(request, "method") == "subscribe";
    wish.snapshot = flag_at(params, "snapshot", wish.channel != Channel::Trade);
    BOOST_OUTCOME_TRY(wish.detail, asked_detail(wish.channel, params));
    if (is_private(wish.channel)) {
        wish.token = text_at(params, "token");
        BOOST_OUTCOME_TRY(const ApiKey* key, session(state, wish.token));
        if (!key->permissions.has(wanted_for(wish.channel)))
            return Refusal{refused::kPermissionDenied};
        wish.detail = key->account;
        wish.snapshot = flag_at(params, "snap_orders", wish.snapshot);
        wish.past_trades = flag_at(params, "snap_trades", false);
        wish.executions.rate_count = flag_at(params, "ratecounter", false);
        wish.executions.every_step = flag_at(params, "order_status", true);
        wish.rate_most = engine_limits(exchange_.account(key->account).tier()).most;
    }
    if (!has_symbols(wish.channel)) {
        wish.symbols.emplace_back();
        return wish;
    }
    const json::value* symbols = params.if_contains("symbol");
    if (symbols == nullptr || !symbols->is_array()) return Refusal{"Symbol(s) not found"};
    for (const json::value& each : symbols->get_array())
        if (each.is_string()) wish.symbols.emplace_back(each.get_string());
    if (wish.symbols.empty()) return Refusal{"Symbol(s) not found"};
    return wish;
}

// One answer per symbol, each followed by its snapshot.
void Hub::answer_wish(SocketNo socket, const Wish& wish, const json::object& request) {
    for (const std::string& symbol : wish.symbols) {
        Topic topic{wish.channel, 0, wish.detail};
        if (has_symbols(wish.channel)) {
            const auto pair = exchange_.instruments().find_symbol(symbol);
            if (!pair) {
                send(socket, refusal("Currency pair not supported " + symbol, symbol, request));
                continue;
            }
            topic.pair = *pair;
        }
        const bool listens = sockets_[socket].topics.contains(topic);
        if (listens == wish.subscribe) {
            send(socket, refusal(listens ? "Already subscribed" : "Subscription Not Found", symbol,
                                 request));
            continue;
        }
        send(socket, accepted(wish, symbol, request));
        if (wish.subscribe) {
            add_topic(socket, topic, wish);
            continue;
        }
        drop_topic(socket, topic);
    }
}

void Hub::drop_topic(SocketNo socket, const Topic& topic) {
    sockets_[socket].topics.erase(topic);
    sockets_[socket].tokens.erase(topic);
    sockets_[socket].bare_since = exchange_.now();
    next_beat_ = {};
    listeners_[topic].erase(socket);
    if (listeners_[topic].empty()) views_.erase(topic);
}

void Hub::add_topic(SocketNo socket, const Topic& topic, const Wish& wish) {
    if (topic.channel == Channel::Book && !views_.contains(topic))
        views_.emplace(topic, topic.detail).first->second.follow(exchange_.book(topic.pair));
    if (topic.channel == Channel::Executions) sockets_[socket].executions = wish.executions;
    if (is_private(topic.channel)) {
        sockets_[socket].sequences[topic.channel] = 0;
        sockets_[socket].tokens[topic] = wish.token;
        send_private_snapshot(socket, wish);
    } else if (wish.snapshot) {
        send_snapshot(socket, topic, wish);
    }
    sockets_[socket].topics.insert(topic);
    listeners_[topic].insert(socket);
}

void Hub::send_snapshot(SocketNo socket, const Topic& topic, const Wish& wish) {
    switch (wish.channel) {
        case Channel::Ticker:
            send(socket, ticker_message(exchange_, topic.pair, Kind::Snapshot));
            break;
        case Channel::Trade: {
            const auto& all = exchange_.tape(topic.pair).trades();
            const auto count = std::min<std::ptrdiff_t>(kPastTrades, std::ssize(all));
            const std::vector<PublicTrade> newest{all.end() - count, all.end()};
            send(socket, trade_message(exchange_, newest, Kind::Snapshot));
            break;
        }
        case Channel::Ohlc:
            send(socket, ohlc_message(exchange_, topic.pair, topic.detail, Tape::kCandlesKept,
                                      Kind::Snapshot));
            break;
        case Channel::Book: {
            const BookView& view = views_.at(topic);
            std::vector<LevelChange> all = view.side(Side::Buy);
            const auto& asks = view.side(Side::Sell);
            all.insert(all.end(), asks.begin(), asks.end());
            send(socket, book_message(exchange_, topic.pair, view, all, Kind::Snapshot));
            break;
        }
        case Channel::Instrument:
            send(socket, instrument_message(exchange_, std::nullopt, Kind::Snapshot));
            break;
        case Channel::Executions:
        case Channel::Balances: break;
    }
}

void Hub::send_private_snapshot(SocketNo socket, const Wish& wish) {
    const Account& account = exchange_.account(wish.detail);
    std::string elements;
    const auto add = [&](const std::string& element) {
        elements.append(elements.empty() ? "" : ",").append(element);
    };
    if (wish.channel == Channel::Balances && wish.snapshot)
        for (const auto& [asset, balance] : account.balances())
            add(balance_of(exchange_, asset, balance));
    if (wish.channel == Channel::Executions && wish.snapshot)
        for (const OrderNo each : account.open)
            add(open_order_of(exchange_, exchange_.order(each), wish.executions));
    if (wish.past_trades)
        for (std::size_t i = account.trades.size() - std::min(account.trades.size(), kPastTrades);
             i < account.trades.size(); ++i)
            add(past_trade_of(exchange_, account.trades[i]));
    if (!wish.snapshot && !wish.past_trades) return;
    std::uint64_t& sequence = sockets_[socket].sequences[wish.channel];
    send(socket, private_message(to_text(wish.channel), true, elements, ++sequence));
}

Answer<OrderEntry> Hub::admitted(SocketNo socket, std::string_view method,
                                 const json::object& request) {
    const json::value* given = request.if_contains("params");
    json::object params =
        given != nullptr && given->is_object() ? given->get_object() : json::object{};
    BOOST_OUTCOME_TRY(const ApiKey* key, session(sockets_[socket], text_at(params, "token")));
    if (!may_enter(method, key->permissions)) return Refusal{refused::kPermissionDenied};
    return OrderEntry{key->account, std::string{method}, std::move(params), exchange_.clock()};
}

// A fault may put off the order, or spoil its answers.
Heard Hub::answer_entry(SocketNo socket, std::string_view method, const json::object& request) {
    Heard heard{.method = std::string{method}, .struck = requests_.strike(method)};
    const Strike strike = heard.struck.value_or(Strike{});
    std::vector<Answer<std::string>> answers;
    if (strike.landing != Landing::Never) {
        auto entry = admitted(socket, method, request);
        if (!entry)
            answers.push_back(entry.error());
        else if (strike.landing == Landing::Later)
            heard.later = std::move(entry.value());
        else
            answers = enter_order(exchange_, entry.value());
    }
    std::vector<std::string> texts;
    for (const Answer<std::string>& each : answers) {
        if (!each) {
            heard.refusal = each.error().text;
            texts.push_back(refusal(heard.refusal, {}, request));
            continue;
        }
        JsonWriter json;
        json.begin_object().member("method", method).raw_member("result", each.value());
        texts.push_back(ended(json.flag("success", true), request, exchange_.clock()));
    }
    send_struck(socket, strike, std::move(texts), request);
    return heard;
}

// What only HTTP has closes a socket.
void Hub::send_struck(SocketNo socket, const Strike& strike, std::vector<std::string> texts,
                      const json::object& request) {
    if (strike.answered == Answered::Refusal) texts = {refusal(strike.refusal, {}, request)};
    for (std::string& text : texts) {
        switch (strike.answered) {
            case Answered::Doubled: send(socket, text); [[fallthrough]];
            case Answered::Usual:
            case Answered::Refusal: send(socket, std::move(text)); break;
            case Answered::Cut: send(socket, text.substr(0, text.size() / 2)); break;
            case Answered::Late:
                put_off(sockets_[socket], strike.delay,
                        std::make_shared<const std::string>(std::move(text)));
                break;
            case Answered::Timeout:
            case Answered::Reset:
            case Answered::Page:
            case Answered::Gzip: break;
        }
    }
    const bool closes = strike.answered == Answered::Reset || strike.answered == Answered::Page ||
                        strike.answered == Answered::Gzip;
    if (closes) cut_off(socket, {});
}

bool Hub::is_too_fast(Socket& socket) {
    if (limits_.messages == 0) return false;
    const std::int64_t decay = limits_.messages * 1'000;
    const Moment now = exchange_.now();
    if (!socket.messages.has_room(1, limits_.messages, decay, now)) return true;
    socket.messages.add(1, decay, now);
    return false;
}

Heard Hub::receive(SocketNo socket, std::string_view text) {
    sockets_[socket].last_heard = exchange_.now();
    const auto document = protocol::parse_json(text);
    if (!document || !document.value().is_object()) {
        send(socket, refusal("Malformed request", {}, {}));
        return {};
    }
    const json::object& request = document.value().get_object();
    if (!is_too_fast(sockets_[socket])) return answer_request(socket, request);
    Heard heard{.method = std::string{text_at(request, "method")}, .refusal = "Exceeded msg rate"};
    send(socket, refusal(heard.refusal, {}, request));
    return heard;
}

Heard Hub::answer_request(SocketNo socket, const json::object& request) {
    const std::string_view method = text_at(request, "method");
    if (is_order_entry(method) && sockets_[socket].side == SocketSide::Private)
        return answer_entry(socket, method, request);
    Heard heard{.method = std::string{method}};
    if (method == "ping") {
        JsonWriter json;
        json.begin_object().member("method", "pong");
        send(socket, ended(json, request, exchange_.clock()));
    } else if (method == "subscribe" || method == "unsubscribe") {
        const auto wish = asked_wish(socket, request);
        if (wish) {
            answer_wish(socket, wish.value(), request);
        } else {
            heard.refusal = wish.error().text;
        }
    } else {
        heard.refusal = "Method not found";
    }
    if (!heard.refusal.empty()) send(socket, refusal(heard.refusal, {}, request));
    return heard;
}

}  // namespace vault::kraken_emulator
