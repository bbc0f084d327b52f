#include "tests/emulator/kraken/world/world.hpp"

#include "tests/emulator/kraken/market/replay.hpp"
#include "tests/emulator/kraken/market/synthetic_walk.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

std::string page_of(unsigned status) {
    return "<html>\r\n<head><title>" + std::to_string(status) +
           "</title></head>\r\n<body>\r\n<center><h1>" + std::to_string(status) +
           "</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";
}

// What its client gets of the reply.
Reply spoiled(Reply reply, const Strike& strike) {
    switch (strike.answered) {
        case Answered::Usual: break;
        case Answered::Timeout: reply.delivery = Delivery::Never; break;
        case Answered::Reset: reply.delivery = Delivery::Reset; break;
        case Answered::Cut: reply.delivery = Delivery::Cut; break;
        case Answered::Gzip: reply.content_encoding = "gzip"; break;
        case Answered::Refusal: reply = Gateway::reply_of(Refusal{strike.refusal}); break;
        case Answered::Page:
            reply = {.status = strike.status,
                     .content_type = "text/html",
                     .body = page_of(strike.status)};
            break;
    }
    return reply;
}

}  // namespace

World::World(Instruments instruments, WorldSettings settings, std::ostream& truth, SteadyTime wall)
    : settings_(settings),
      exchange_(priced(std::move(instruments), settings.replays), settings.exchange,
                settings.start),
      gateway_(exchange_),
      message_faults_(settings.exchange.seed),
      hub_(exchange_, gateway_.tokens(), message_faults_, settings.exchange.seed),
      market_(exchange_.instruments().pairs().size()),
      faults_(settings.exchange.seed),
      truth_(truth, exchange_),
      pace_(settings.start, settings.scale, wall) {
    open_market();
    print_history();
    if (!settings_.synthetic) end_walks();
}

// All recordings are moved by what moves the earliest to the start.
void World::open_market() {
    const Moment earliest = settings_.start - settings_.history;
    const std::vector<PairInfo>& pairs = exchange_.instruments().pairs();
    for (PairNo no = 0; no < pairs.size(); ++no)
        market_.set_source(
            no, std::make_unique<SyntheticWalk>(no, pairs[no], settings_.exchange.seed, earliest));
    if (settings_.replays.empty()) return;
    const Span shift = settings_.start - begin_of(settings_.replays);
    for (const PlannedReplay& each : settings_.replays)
        market_.set_source(each.pair, source_of(each, pairs[each.pair], shift, earliest));
}

// Walks that made history alone.
void World::end_walks() {
    for (PairNo no = 0; no < exchange_.instruments().pairs().size(); ++no) {
        const auto& all = settings_.replays;
        const bool replayed = std::any_of(
            all.begin(), all.end(), [&](const PlannedReplay& each) { return each.pair == no; });
        if (!replayed) market_.set_source(no, nullptr);
    }
}

Moment World::replay(const PlannedReplay& planned) {
    const Moment begin = next_begin(planned, exchange_.now());
    const PairInfo& pair = exchange_.instruments().pair(planned.pair);
    exchange_.set_start_price(planned.pair,
                              nearest_tick(pair, planned.recording->price_of(planned.row)));
    market_.set_source(planned.pair, source_of(planned, pair, begin - planned.first(), begin));
    return begin;
}

// Charts and tickers have something to show from the start. It is not part of the truth: nobody
// was there.
void World::print_history() {
    while (const auto trade = market_.next_by(settings_.start - Span{1}))
        exchange_.print_history({.pair = trade->pair,
                                 .time = trade->time,
                                 .side = trade->taker,
                                 .market = trade->market,
                                 .price = trade->price,
                                 .quantity = trade->quantity});
    exchange_.open_books();
    exchange_.take_events();
}

void World::record() {
    const std::vector<Event> events = exchange_.take_events();
    for (const Event& event : events)
        truth_.write(event);
    hub_.tell(events);
    for (const MessageStruck& each : hub_.take_struck())
        truth_.write_mishap(exchange_.now(), each.socket, each.message, to_text(each.mishap));
}

void World::advance(SteadyTime wall) {
    const Moment now = pace_.now(wall);
    while (const auto trade = market_.next_by(now)) {
        land(trade->time);
        exchange_.advance(trade->time);
        exchange_.trade(trade->pair, trade->taker, trade->price, trade->quantity, trade->market);
        record();
    }
    land(now);
    exchange_.advance(now);
    record();
    hub_.beat();
}

void World::trade(PairNo pair, Side taker, Decimal price, Decimal quantity) {
    exchange_.trade(pair, taker, price, quantity);
    market_.set_price(pair, price);
    record();
}

SocketNo World::open_socket(SocketSide side, Hub::Send send, SteadyTime wall) {
    advance(wall);
    return hub_.open(side, std::move(send));
}

void World::receive(SocketNo socket, std::string_view text, SteadyTime wall) {
    advance(wall);
    RequestSeen seen;
    seen.time = exchange_.now();
    seen.method = "SOCKET";
    seen.path = std::to_string(socket);
    seen.body = text;
    truth_.write(seen);
    hub_.receive(socket, text);
    record();
}

// What was accepted and is due by then.
void World::land(Moment until) {
    while (!landing_.empty() && landing_.begin()->first <= until) {
        const auto due = landing_.extract(landing_.begin());
        exchange_.advance(due.key());
        const Gateway::Admitted& admitted = due.mapped();
        const auto answer = gateway_.perform(admitted);
        record();
        truth_.write_landing(exchange_.now(), admitted.key == nullptr ? "" : admitted.key->name,
                             admitted.endpoint->name, answer ? "" : answer.error().text);
    }
}

Reply World::carried_out(const Request& request, const Strike& strike, RequestSeen& seen) {
    if (strike.landing == Landing::Never) return Gateway::reply_of(Refusal{refused::kInternal});
    auto admitted = gateway_.admit(request, seen.key);
    if (admitted && strike.landing == Landing::Later) {
        landing_.emplace(exchange_.now() + strike.delay, std::move(admitted.value()));
        return Gateway::reply_of(std::string{"{}"});
    }
    const Answer<std::string> answer =
        admitted ? gateway_.perform(admitted.value()) : admitted.error();
    if (!answer) seen.refusal = answer.error().text;
    return Gateway::reply_of(answer);
}

Reply World::handle(const Request& request, SteadyTime wall) {
    advance(wall);
    const std::string_view path = request.path;
    const auto struck = faults_.strike(path.substr(path.rfind('/') + 1));
    const Strike strike = struck.value_or(Strike{});
    RequestSeen seen;
    seen.time = exchange_.now();
    seen.method = request.method;
    seen.path = request.path;
    seen.query = request.query;
    seen.body = request.body;
    Reply reply = spoiled(carried_out(request, strike, seen), strike);
    record();
    seen.status = reply.status;
    if (struck) {
        seen.landing = to_text(strike.landing);
        seen.answered = to_text(strike.answered);
    }
    truth_.write(seen);
    return reply;
}

}  // namespace vault::kraken_emulator
