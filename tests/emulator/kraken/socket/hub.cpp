#include "tests/emulator/kraken/socket/hub.hpp"

#include "tests/emulator/kraken/exchange/id_maker.hpp"
#include "tests/emulator/kraken/socket/private_messages.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

constexpr std::array<std::string_view, 7> kChannels{"ticker",     "trade",      "ohlc",    "book",
                                                    "instrument", "executions", "balances"};

constexpr Span kSilence = std::chrono::seconds{1};  // then a heartbeat

}  // namespace

std::string_view to_text(Channel channel) {
    return kChannels[static_cast<std::size_t>(channel)];
}

std::optional<Channel> parse_channel(std::string_view text) {
    const auto* at = std::find(kChannels.begin(), kChannels.end(), text);
    if (at == kChannels.end()) return std::nullopt;
    return static_cast<Channel>(at - kChannels.begin());
}

std::uint64_t Hub::connection_of(SocketNo socket) const {
    return scatter(seed_ + socket) | (std::uint64_t{1} << 63);
}

SocketNo Hub::open(SocketSide side, Send send_to_it) {
    const SocketNo socket = ++opened_;
    sockets_[socket].side = side;
    sockets_[socket].send = std::move(send_to_it);
    sockets_[socket].last_heard = sockets_[socket].bare_since = exchange_.now();
    next_beat_ = {};
    send(socket, status_message(exchange_.status(), connection_of(socket)));
    return socket;
}

void Hub::close(SocketNo socket) {
    for (const Topic& topic : sockets_[socket].topics) {
        listeners_[topic].erase(socket);
        if (listeners_[topic].empty()) views_.erase(topic);
    }
    sockets_.erase(socket);
}

void Hub::put(Socket& socket, const SharedText& text) {
    if (socket.closed) return;
    socket.last_sent = exchange_.now();
    socket.send(text);
    if (const SharedText next = std::exchange(socket.swapped, nullptr)) socket.send(next);
}

// Its server closes the connection; close() follows.
void Hub::cut_off(SocketNo number, std::string_view reason) {
    Socket& socket = sockets_[number];
    if (std::exchange(socket.closed, true)) return;
    socket.send(nullptr);
    if (!reason.empty()) closed_.push_back({number, reason});
}

// It is told after that delay.
void Hub::put_off(Socket& socket, Span delay, SharedText text) {
    const Moment due = exchange_.now() + delay;
    socket.late.emplace(due, std::move(text));
    next_beat_ = std::min(next_beat_, due);
}

// When it is closed, if nothing comes; nullopt: never.
std::optional<Moment> Hub::idle_end(const Socket& socket) const {
    if (limits_.idle == Span::zero() || !socket.topics.empty()) return std::nullopt;
    const bool is_private = socket.side == SocketSide::Private;
    const Moment since =
        is_private ? socket.bare_since : std::max(socket.last_sent, socket.last_heard);
    return since + limits_.idle;
}

void Hub::end_if_idle(SocketNo number, const Socket& socket) {
    const auto end = idle_end(socket);
    if (!end) return;
    if (*end <= exchange_.now())
        cut_off(number, socket.side == SocketSide::Private ? "no subscription" : "idle");
    else
        next_beat_ = std::min(next_beat_, *end);
}

void Hub::send(SocketNo socket, std::string text) {
    put(sockets_[socket], std::make_shared<const std::string>(std::move(text)));
}

// What a channel says to one socket, unless a fault is in the way.
void Hub::tell_one(SocketNo number, std::string_view message, const SharedText& text) {
    Socket& socket = sockets_[number];
    if (socket.closed) return;  // what it did not get is no mishap
    const auto fault = faults_.strike(message);
    if (!fault) {
        put(socket, text);
        return;
    }
    struck_.push_back({number, std::string{message}, fault->mishap});
    switch (fault->mishap) {
        case Mishap::Lost: break;
        case Mishap::Doubled:
            put(socket, text);
            put(socket, text);
            break;
        case Mishap::Late: put_off(socket, fault->delay, text); break;
        case Mishap::Swapped: socket.swapped = text; break;
        case Mishap::Disconnect: cut_off(number, {}); break;
    }
}

// The text is made once, and only if somebody listens.
void Hub::send_to(const Topic& topic, const std::function<std::string()>& text) {
    const auto found = listeners_.find(topic);
    if (found == listeners_.end() || found->second.empty()) return;
    const auto shared = std::make_shared<const std::string>(text());
    for (const SocketNo socket : found->second)
        tell_one(socket, to_text(topic.channel), shared);
}

void Hub::send_private(Channel channel, AccountNo account, std::string_view kind,
                       const std::function<std::string(const ExecutionDetail&)>& element) {
    const auto found = listeners_.find(Topic{channel, 0, account});
    if (found == listeners_.end() || found->second.empty()) return;
    std::string name{to_text(channel)};
    if (!kind.empty()) name.append("/").append(kind);
    std::map<ExecutionDetail, std::string> texts;
    for (const SocketNo socket : found->second) {
        Socket& each = sockets_[socket];
        const auto [text, is_new] = texts.try_emplace(each.executions);
        if (is_new) text->second = element(each.executions);
        if (text->second.empty()) continue;
        const std::uint64_t sequence = ++each.sequences[channel];
        tell_one(socket, name,
                 std::make_shared<const std::string>(
                     private_message(to_text(channel), false, text->second, sequence)));
    }
}

void Hub::tell(std::span<const Event> events) {
    std::vector<PublicTrade> trades;
    std::set<PairNo> books;
    for (const Event& event : events) {
        if (const auto* trade = std::get_if<TradeEvent>(&event)) {
            trades.push_back(trade->trade);
        } else if (const auto* book = std::get_if<BookEvent>(&event)) {
            books.insert(book->pair);
        } else if (const auto* order = std::get_if<OrderEvent>(&event)) {
            send_private(Channel::Executions, order->order.account, to_text(order->execution),
                         [&](const ExecutionDetail& detail) {
                             return tells(detail, order->execution)
                                        ? execution_of(exchange_, *order, detail)
                                        : std::string{};
                         });
        } else if (const auto* row = std::get_if<LedgerEvent>(&event)) {
            send_private(Channel::Balances, row->account, {},
                         [&](const auto&) { return balance_change_of(exchange_, row->row); });
        } else if (const auto* listing = std::get_if<ListingEvent>(&event)) {
            send_to({Channel::Instrument, 0, 0},
                    [&] { return instrument_message(exchange_, listing->pair, Kind::Update); });
        } else if (const auto* status = std::get_if<StatusEvent>(&event)) {
            for (const auto& [socket, unused] : sockets_)
                send(socket, status_message(status->status, connection_of(socket)));
        }
    }
    tell_trades(trades);
    tell_books(books);
}

// All trades of a pair in one message; then what follows from them.
void Hub::tell_trades(const std::vector<PublicTrade>& trades) {
    std::map<PairNo, std::vector<PublicTrade>> by_pair;
    for (const PublicTrade& trade : trades)
        by_pair[trade.pair].push_back(trade);
    for (const auto& each : by_pair) {
        const PairNo pair = each.first;
        send_to({Channel::Trade, pair, 0},
                [&] { return trade_message(exchange_, each.second, Kind::Update); });
        send_to({Channel::Ticker, pair, 0},
                [&] { return ticker_message(exchange_, pair, Kind::Update); });
        for (std::size_t i = 0; i < kIntervals.size(); ++i)
            send_to({Channel::Ohlc, pair, i},
                    [&] { return ohlc_message(exchange_, pair, i, 1, Kind::Update); });
    }
}

void Hub::tell_books(const std::set<PairNo>& pairs) {
    for (auto& [topic, view] : views_) {
        if (!pairs.contains(topic.pair)) continue;
        const std::vector<LevelChange> changes = view.follow(exchange_.book(topic.pair));
        if (changes.empty()) continue;
        send_to(topic, [&, &topic = topic, &view = view] {
            return book_message(exchange_, topic.pair, view, changes, Kind::Update);
        });
    }
    for (const PairNo pair : pairs) {
        const Book& book = exchange_.book(pair);
        std::vector<LevelChange> best = book.top(Side::Buy, 1);
        for (const LevelChange& ask : book.top(Side::Sell, 1))
            best.push_back(ask);
        if (std::exchange(best_[pair], best) == best) continue;
        send_to({Channel::Ticker, pair, 1},
                [&] { return ticker_message(exchange_, pair, Kind::Update); });
    }
}

// Every request comes by here, so all sockets are asked only when one of them can be due: what is
// sent meanwhile only puts heartbeats off, and a new subscription is answered first.
void Hub::beat() {
    const Moment now = exchange_.now();
    if (now < next_beat_) return;
    next_beat_ = now + kSilence;
    for (auto& [number, socket] : sockets_) {
        while (!socket.late.empty() && socket.late.begin()->first <= now)
            put(socket, socket.late.extract(socket.late.begin()).mapped());
        const bool silent = now - socket.last_sent >= kSilence;
        if (socket.closed) continue;  // its server has not told yet
        if (!socket.topics.empty() && silent) send(number, heartbeat_message());
        end_if_idle(number, socket);
        if (!socket.late.empty()) next_beat_ = std::min(next_beat_, socket.late.begin()->first);
        if (!socket.topics.empty()) next_beat_ = std::min(next_beat_, socket.last_sent + kSilence);
    }
}

}  // namespace vault::kraken_emulator
