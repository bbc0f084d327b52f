#include "tests/emulator/kraken/world/world.hpp"

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
      exchange_(std::move(instruments), settings.exchange, settings.start),
      gateway_(exchange_),
      message_faults_(settings.exchange.seed),
      hub_(exchange_, gateway_.tokens(), message_faults_, settings.exchange.seed),
      market_(exchange_.instruments(), settings.exchange.seed, settings.start - settings.history),
      faults_(settings.exchange.seed),
      truth_(truth, exchange_),
      pace_(settings.start, settings.scale, wall) {
    print_history();
}

// Charts and tickers have something to show from the start. It is not part of the truth: nobody
// was there.
void World::print_history() {
    while (const auto trade = market_.next_by(settings_.start))
        exchange_.print_history(trade->pair, trade->taker, trade->price, trade->quantity,
                                trade->time);
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
    while (settings_.synthetic) {
        const auto trade = market_.next_by(now);
        if (!trade) break;
        land(trade->time);
        exchange_.advance(trade->time);
        exchange_.trade(trade->pair, trade->taker, trade->price, trade->quantity);
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

void World::cut_off(SocketNo socket, SteadyTime wall) {
    advance(wall);
    truth_.write_cut(exchange_.now(), socket);
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
