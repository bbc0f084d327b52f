#include "tests/emulator/kraken/world/world.hpp"

#include "tests/emulator/kraken/market/replay.hpp"
#include "tests/emulator/kraken/market/synthetic_walk.hpp"
#include "tests/emulator/kraken/world/control.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

constexpr unsigned kTooManyConnects = 429;

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
        case Answered::Late: reply.delivery = Delivery::Late; break;
        case Answered::Doubled: reply.delivery = Delivery::Doubled; break;
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
      faults_(settings.exchange.seed),
      message_faults_(settings.exchange.seed),
      hub_(exchange_, gateway_.tokens(), faults_, message_faults_, settings.exchange.seed),
      market_(exchange_.instruments().pairs().size()),
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
    for (const Event& event : events) {
        truth_.write(event);
        if (script_.listens()) notice(event);
    }
    hub_.tell(events);
    for (const MessageStruck& each : hub_.take_struck()) {
        truth_.write_mishap(exchange_.now(), each.socket, each.message, to_text(each.mishap));
        script_.saw("mishap/" + each.message, exchange_.now());
    }
    for (const SocketClosed& each : hub_.take_closed())
        truth_.write_closed(exchange_.now(), each.socket, each.reason);
}

// Under the names that a script knows: those of the truth log's lines.
void World::notice(const Event& event) {
    std::string name;
    if (const auto* order = std::get_if<OrderEvent>(&event))
        name.append("order/").append(to_text(order->execution));
    else if (const auto* row = std::get_if<LedgerEvent>(&event))
        name.append("balance/").append(row->row.type);
    else if (const auto* trade = std::get_if<TradeEvent>(&event))
        name.append("trade/").append(exchange_.instruments().pair(trade->trade.pair).key);
    else if (const auto* status = std::get_if<StatusEvent>(&event))
        name.append("status/").append(to_text(status->status));
    else if (const auto* listing = std::get_if<ListingEvent>(&event))
        name.append("listing/").append(exchange_.instruments().pair(listing->pair).key);
    if (!name.empty()) script_.saw(name, exchange_.now());
}

// The market and what lands, up to then or to the script's next step.
void World::pass(Moment until) {
    while (!has_step(exchange_.now())) {
        Moment end = std::min(until, script_.next().value_or(until));
        if (!landing_.empty()) end = std::min(end, landing_.begin()->first);
        end = std::max(end, exchange_.now());
        if (const auto trade = market_.next_by(end)) {
            exchange_.advance(trade->time);
            exchange_.trade(trade->pair, trade->taker, trade->price, trade->quantity,
                            trade->market);
            record();
            continue;
        }
        exchange_.advance(end);
        record();
        if (!land_one()) break;
    }
    hub_.beat();
    record();
}

// A step may skip ahead, so the time is asked for anew after each.
void World::advance(SteadyTime wall) {
    pass(pace_.now(wall));
    while (has_step(pace_.now(wall))) {
        if (has_step(exchange_.now())) run_step(wall);
        pass(pace_.now(wall));
    }
}

void World::play(Script script, SteadyTime wall) {
    script_ = std::move(script);
    advance(wall);
}

void World::run_step(SteadyTime wall) {
    const Script::Step step = script_.take();
    const auto done = run_control(*this, step.method, step.with, wall, step.number);
    if (!done) failure_ = script_.ended_by(step, done.error());
}

void World::trade(PairNo pair, Side taker, Decimal price, Decimal quantity) {
    exchange_.trade(pair, taker, price, quantity);
    market_.set_price(pair, price);
    record();
}

std::optional<Reply> World::turned_away(const std::string& path, const std::string& address,
                                        SteadyTime wall) {
    advance(wall);
    if (door_.lets_connect(address, exchange_.now())) return std::nullopt;
    RequestSeen seen;
    seen.time = exchange_.now();
    seen.method = "GET";
    seen.path = path;
    seen.status = kTooManyConnects;
    seen.refusal = "too many connections";
    write(seen, std::nullopt, "");
    return Reply{
        .status = kTooManyConnects, .content_type = "text/html", .body = page_of(kTooManyConnects)};
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
    Heard heard = hub_.receive(socket, text);
    if (heard.later)
        landing_.emplace(exchange_.now() + heard.struck->delay, std::move(*heard.later));
    record();
    seen.refusal = heard.refusal;
    write(seen, heard.struck, heard.method);
    if (has_step(exchange_.now())) advance(wall);
}

void World::cut_off(SocketNo socket, SteadyTime wall) {
    advance(wall);
    truth_.write_closed(exchange_.now(), socket, "not read");
}

void World::write(RequestSeen& seen, const std::optional<Strike>& struck,
                  std::string_view endpoint) {
    if (struck) {
        seen.landing = to_text(struck->landing);
        seen.answered = to_text(struck->answered);
    }
    truth_.write(seen);
    if (script_.listens()) script_.saw(std::string{"request/"}.append(endpoint), exchange_.now());
}

World::Landed World::carried_out(const Gateway::Admitted& admitted) {
    const auto answer = gateway_.perform(admitted);
    return {admitted.key == nullptr ? "" : admitted.key->name, std::string{admitted.endpoint->name},
            answer ? "" : answer.error().text};
}

World::Landed World::carried_out(const OrderEntry& entry) {
    Landed out{.endpoint = entry.method};
    for (const Answer<std::string>& each : enter_order(exchange_, entry))
        if (!each) out.refusal = each.error().text;
    return out;
}

// What was accepted and is due now. False: nothing was.
bool World::land_one() {
    if (landing_.empty() || landing_.begin()->first > exchange_.now()) return false;
    const auto due = landing_.extract(landing_.begin());
    const Landed landed =
        std::visit([this](const auto& put_off) { return carried_out(put_off); }, due.mapped());
    record();
    truth_.write_landing(exchange_.now(), landed.key, landed.endpoint, landed.refusal);
    script_.saw("landing/" + landed.endpoint, exchange_.now());
    return true;
}

// Who may ask now, and what.
Answer<Gateway::Admitted> World::let_in(const Request& request, std::string& key) {
    const bool is_public = request.path.starts_with("/0/public/");
    if (is_public && !door_.lets_ask(request.address, exchange_.now()))
        return Refusal{refused::kTooMany};
    BOOST_OUTCOME_TRY(Gateway::Admitted admitted, gateway_.admit(request, key));
    const auto until = key.empty() ? std::nullopt : door_.busy_until(key, exchange_.now());
    if (!until) return admitted;
    const auto seconds =
        std::chrono::ceil<std::chrono::seconds>(exchange_.by_clock(*until).time_since_epoch());
    return Refusal{std::string{refused::kThrottled}.append(std::to_string(seconds.count()))};
}

Reply World::carried_out(const Request& request, const Strike& strike, RequestSeen& seen) {
    if (strike.landing == Landing::Never) return Gateway::reply_of(Refusal{refused::kInternal});
    auto admitted = let_in(request, seen.key);
    if (!admitted) {
        seen.refusal = admitted.error().text;
        return Gateway::reply_of(admitted.error());
    }
    const bool takes_time = strike.landing == Landing::Later || strike.answered == Answered::Late;
    if (takes_time && !seen.key.empty()) door_.take(seen.key, exchange_.now() + strike.delay);
    if (strike.landing == Landing::Later) {
        landing_.emplace(exchange_.now() + strike.delay, std::move(admitted.value()));
        return Gateway::reply_of(std::string{"{}"});
    }
    const Answer<std::string> answer = gateway_.perform(admitted.value());
    if (!answer) seen.refusal = answer.error().text;
    return Gateway::reply_of(answer);
}

Reply World::handle(const Request& request, SteadyTime wall) {
    advance(wall);
    const std::string_view path = request.path;
    const std::string_view endpoint = path.substr(path.rfind('/') + 1);
    const auto struck = faults_.strike(endpoint);
    const Strike strike = struck.value_or(Strike{});
    RequestSeen seen;
    seen.time = exchange_.now();
    seen.method = request.method;
    seen.path = request.path;
    seen.query = request.query;
    seen.body = request.body;
    Reply reply = spoiled(carried_out(request, strike, seen), strike);
    if (reply.delivery == Delivery::Late)
        reply.is_due = [this, at = exchange_.now() + strike.delay] {
            return exchange_.now() >= at;
        };
    record();
    seen.status = reply.status;
    write(seen, struck, endpoint);
    if (has_step(exchange_.now())) advance(wall);
    return reply;
}

}  // namespace vault::kraken_emulator
