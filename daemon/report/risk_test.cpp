#include "daemon/report/risk_test.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::report {

namespace {

constexpr Duration kDay = std::chrono::hours{24};
constexpr std::string_view kTripped = "cap_tripped", kEnded = "cap_ended";

bool latches(std::string_view cap) {
    return cap == "max_daily_loss" || cap == "max_drawdown";
}

// An event names its level by its object alone, and those of vaults have an account.
bool is_about_level(const ports::EventRow& row, const LevelMark& level) {
    const bool wide = level.level == risk::Level::User || level.level == risk::Level::Daemon;
    return row.object == level.of && wide == (row.owner.account == AccountId{});
}

UtcTime newest_clock(const LevelMark& mark) {
    UtcTime newest;
    for (const LevelVault& vault : mark.vaults)
        newest = std::max(newest, vault.mark.now);
    return newest;
}

}  // namespace

RiskTest::RiskTest(LevelMark mark, UtcTime since)
    : mark_(std::move(mark)), since_(since), from_(floor_day(since)), level_(mark_, from_) {
    for (std::size_t i = 0; i < mark_.vaults.size(); ++i)
        queue({Source::Journal, i});
}

Result<bool> RiskTest::step(ports::StoreReader& reader) {
    if (!events_read_) {
        VAULT_TRYV(read_events(reader));
        return true;
    }
    if (!hungry_.empty()) {
        const Named source = hungry_.back();
        hungry_.pop_back();
        VAULT_TRYV(feed(reader, source));
        return true;
    }
    const Moment* const next = moments_.empty() ? nullptr : &*moments_.begin();
    if (!open_ && (next == nullptr || std::get<UtcTime>(*next) >= from_)) {
        VAULT_TRYV(open_markets(reader, from_));
        return true;
    }
    if (booked_ && (next == nullptr || std::pair(std::get<UtcTime>(*next), std::get<Part>(*next)) >
                                           std::pair(*booked_, Part::Booked)))
        judge_booked();
    if (next == nullptr) return false;
    const auto [at, part, source, index] = *next;
    moments_.erase(moments_.begin());
    switch (source) {
        case Source::Journal: {
            VAULT_TRYV(on_entry(reader, index));
            break;
        }
        case Source::Prices: {
            VAULT_TRYV(on_price(reader, index));
            break;
        }
        case Source::Resumes: on_resume(); break;
    }
    queue({source, index});
    return true;
}

// Everything that the log still has, by seq: the clocks of its rows differ.
Result<void> RiskTest::read_events(ports::StoreReader& reader) {
    VAULT_TRY(const auto rows, reader.events_from(next_event_, kPageRows));
    for (const ports::EventRow& row : rows)
        if ((row.type == kTripped || row.type == kEnded) && row.at >= since_ &&
            is_about_level(row, mark_))
            events_.push_back({row.at, row.type, row.owner.actor, row.message});
    events_read_ = rows.size() < kPageRows;
    if (!rows.empty()) next_event_ = rows.back().seq + 1;
    if (events_read_) queue({Source::Resumes, 0});
    return success();
}

Result<void> RiskTest::feed(ports::StoreReader& reader, Named source) {
    if (source.first == Source::Journal) {
        VAULT_TRYV(level_.vault(source.second).fill(reader));
    } else {
        VAULT_TRYV(prices_[source.second].fill(reader));
    }
    queue(source);
    return success();
}

// The next moment of a source, or that it has to be read first.
void RiskTest::queue(Named source) {
    const auto [from, index] = source;
    switch (from) {
        case Source::Journal: {
            const PastVault& vault = level_.vault(index);
            if (vault.starved()) return hungry_.push_back(source);
            if (const PastEntry* const next = vault.front())
                moments_.emplace(next->entry.at, next->part, from, index);
            return;
        }
        case Source::Prices: {
            if (prices_[index].starved()) return hungry_.push_back(source);
            if (const ports::PriceRow* const next = prices_[index].front())
                moments_.emplace(next->at, Part::Price, from, index);
            return;
        }
        case Source::Resumes: break;
    }
    // The daemon ends a cap itself at midnight, which the test does too.
    while (next_resume_ < events_.size() &&
           (events_[next_resume_].type != kEnded || events_[next_resume_].actor == "engine"))
        ++next_resume_;
    if (next_resume_ < events_.size())
        moments_.emplace(events_[next_resume_].at, Part::Resumed, from, index);
}

// Markets that became known: their last price before `at`, and from then on every one.
Result<void> RiskTest::open_markets(ports::StoreReader& reader, UtcTime at) {
    const bool first = !std::exchange(open_, true);
    const UtcTime end = newest_clock(mark_) + Duration{1};
    for (std::size_t i = prices_.size(); i < level_.markets().size(); ++i) {
        const PastMarket market = level_.markets()[i];
        const auto read = [under = market.recorded_under](ports::StoreReader& from,
                                                          const ports::RowFilter& filter) {
            return from.prices(under, filter);
        };
        ports::RowFilter filter;
        filter.pair = market.pair;
        prices_.emplace_back(read, filter, at, end);
        filter.to = at;
        filter.limit = 1;
        VAULT_TRY(const auto before, read(reader, filter));
        if (!before.empty()) level_.set_price(i, before.back().price, before.back().at);
        queue({Source::Prices, i});
    }
    for (std::size_t i = 0; first && i < mark_.vaults.size(); ++i) {
        level_.vault(i).begin_day();
        level_.measure(i);
    }
    return success();
}

// The clock of a vault reaches `at`: its midnight, and the beginning of the test.
Result<void> RiskTest::pass(ports::StoreReader& reader, UtcTime at, std::size_t vault) {
    if (level_.day_of(vault) < floor_day(at)) {
        // The last price of the day is in no other row than this one.
        ports::RowFilter filter;
        filter.vault = mark_.vaults[vault].mark.vault;
        filter.to = floor_day(at);
        filter.limit = 2;
        VAULT_TRY(const auto closes, reader.day_closes(filter));
        std::optional<Decimal> unrealised;
        if (closes.size() == 2 && closes[0].day == closes[1].day) {
            unrealised = kZero;
            for (const ports::DayCloseRow& close : closes)
                if (level_.counts(vault, close.sleeve)) *unrealised += close.unrealised;
        }
        level_.begin_day(vault, at, unrealised);
        if (floor_day(at) > day_) end_day(at);
    }
    if (at < since_ || begun_) return success();
    begun_ = true;
    judged_ = since_;
    // Only a sleeve measures its day without a cap.
    if (mark_.level != risk::Level::Sleeve) level_.mark_day(at, true);
    return success();
}

Result<void> RiskTest::on_entry(ports::StoreReader& reader, std::size_t vault) {
    PastVault& past = level_.vault(vault);
    const UtcTime at = past.front()->entry.at;
    const bool booked = past.front()->part == Part::Booked;
    if (at < from_) return past.post();
    VAULT_TRYV(pass(reader, at, vault));
    const PastEntry& next = *past.front();
    if (begun_ && next.sends_buy() && level_.counts(vault, next.order->sleeve)) {
        VAULT_TRYV(on_buy(reader, vault, next));
    }
    VAULT_TRYV(past.post());
    level_.measure(vault);
    VAULT_TRYV(open_markets(reader, at));
    if (!begun_) return success();
    if (booked)
        booked_ = at;
    else
        follow_money(at);
    return success();
}

Result<void> RiskTest::on_price(ports::StoreReader& reader, std::size_t market) {
    const ports::PriceRow row = *prices_[market].front();
    prices_[market].pop();
    const PastMarket& of = level_.markets()[market];
    for (std::size_t i = 0; i < mark_.vaults.size(); ++i)
        if (mark_.vaults[i].mark.recorded_under == of.recorded_under) {
            VAULT_TRYV(pass(reader, row.at, i));
        }
    if (level_.holds(of)) {
        const auto seen = seen_.find(market);
        const Duration step = seen == seen_.end() ? Duration{} : row.at - seen->second;
        if (begun_ && step > steps_.longest) {
            steps_.longest = step;
            steps_.at = row.at;
        }
        seen_[market] = row.at;
    } else {
        seen_.erase(market);
    }
    level_.set_price(market, row.price, row.at);
    if (begun_ && level_.markets()[market].judged) {
        ++steps_.prices;
        judge(row.at);
    }
    return success();
}

// Once all that was booked at an instant is: without coins no price is missing.
void RiskTest::judge_booked() {
    const UtcTime at = *std::exchange(booked_, std::nullopt);
    if (!level_.holds_coins()) judge(at);
}

// What a command moved, at the price at which it came or went, as the engine does; what a fill
// returned is followed with the price that filled it.
void RiskTest::follow_money(UtcTime at) {
    if (!drawdown_ || capped_by_ == "max_drawdown" || level_.unresolved() > 0) return;
    const risk::Stake stake = level_.figures().stake;
    if (stake.principal == drawdown_->principal) return;
    risk::follow(*drawdown_, stake, at);
    const auto oldest = level_.oldest_price();
    if (oldest && *oldest < at) peak_price_ = std::min(peak_price_.value_or(at), *oldest);
}

UtcTime RiskTest::oldest_price(std::string_view cap, UtcTime at) const {
    const UtcTime oldest = level_.oldest_price().value_or(at);
    return cap == "max_drawdown" ? std::min(oldest, peak_price_.value_or(oldest)) : oldest;
}

void RiskTest::on_resume() {
    const UtcTime at = events_[next_resume_++].at;
    if (!capped_by_.empty()) end_latch(at, std::nullopt);
}

void RiskTest::judge(UtcTime at) {
    if (level_.unresolved() > 0) {
        ++steps_.unjudged;
        return;
    }
    level_.know_days();
    const std::string_view cap =
        risk::reached(mark_.caps, capped_by_, level_.day(), drawdown_, level_.figures(), at);
    if (drawdown_ && drawdown_->peak_at == at) peak_price_.reset();
    if (!cap.empty()) trip(cap, at);
    judged_ = at;
}

void RiskTest::trip(std::string_view cap, UtcTime at) {
    capped_by_ = cap;
    latch_ = rows_.size();
    risk::ReadingInputs in = level_.inputs(nullptr);
    in.capped_by = cap;
    in.drawdown = drawdown_;
    for (const risk::CapReading& reading : risk::read_caps(mark_.caps, in))
        if (reading.key == cap)
            rows_.push_back({.at = at,
                             .earliest = judged_,
                             .oldest_price = oldest_price(cap, at),
                             .cap = std::string(cap),
                             .limit = reading.limit,
                             .arithmetic = reading.arithmetic,
                             .blocks = reading.blocks,
                             .until = std::nullopt,
                             .ends = reading.ends});
}

// What was latched measures anew, as the engine has it: a sleeve at once, a wider level from the
// next price on.
void RiskTest::end_latch(UtcTime at, std::optional<UtcTime> midnight) {
    rows_[latch_].until = midnight.value_or(at);
    const std::string cap = std::exchange(capped_by_, "");
    if (cap == "max_daily_loss") level_.mark_day(at, !midnight);
    if (cap != "max_drawdown") return;
    drawdown_.reset();
    peak_price_.reset();
    if (mark_.level == risk::Level::Sleeve && level_.unresolved() == 0)
        drawdown_ = risk::begin_drawdown(level_.figures().stake, at);
}

void RiskTest::end_day(UtcTime at) {
    day_ = floor_day(at);
    if (const auto gate = gates_.find("max_trades_per_day"); gate != gates_.end()) {
        rows_[gate->second].until = day_;
        gates_.erase(gate);
    }
    if (mark_.caps.caps_reset_daily && !capped_by_.empty()) end_latch(at, day_);
}

// A buy that was sent in truth, before it is booked.
Result<void> RiskTest::on_buy(ports::StoreReader& reader, std::size_t vault,
                              const PastEntry& past) {
    PastOrder next{vault, past.order->sleeve, *past.base, budget_of(past.entry), {}};
    if (mark_.level == risk::Level::Sleeve) {
        VAULT_TRY(next.dust, dust_of(reader, vault, next.sleeve, past.entry.at));
    }
    ++buys_;
    risk::ReadingInputs in = level_.inputs(&next);
    in.capped_by = capped_by_;
    in.drawdown = drawdown_;
    bool blocked = false;
    for (const risk::CapReading& reading : risk::read_caps(mark_.caps, in)) {
        if (reading.key == capped_by_) {
            ++rows_[latch_].buys_blocked;
            blocked = true;
        } else if (!latches(reading.key)) {
            blocked = refuse(reading, past.entry.at) || blocked;
        }
    }
    if (blocked) ++buys_blocked_;
    return success();
}

// Of a cap that looks at buys alone: it fires at the first one that it refuses, until one passes.
bool RiskTest::refuse(const risk::CapReading& reading, UtcTime at) {
    const auto gate = gates_.find(reading.key);
    if (reading.standing == risk::Standing::Unresolved) ++unknown_buys_;
    if (reading.standing != risk::Standing::Blocks) {
        if (gate == gates_.end()) return false;
        rows_[gate->second].until = at;
        gates_.erase(gate);
        return false;
    }
    if (gate == gates_.end()) {
        gates_.emplace(reading.key, rows_.size());
        rows_.push_back({.at = at,
                         .earliest = at,
                         .oldest_price = at,
                         .cap = std::string(reading.key),
                         .limit = reading.limit,
                         .arithmetic = reading.arithmetic,
                         .blocks = reading.blocks,
                         .until = std::nullopt,
                         .ends = reading.ends});
    }
    ++rows_[gates_.find(reading.key)->second].buys_blocked;
    return true;
}

// Coins that a closed cycle left behind are no open position; no row says so but the cycle's.
Result<std::vector<Asset>> RiskTest::dust_of(ports::StoreReader& reader, std::size_t vault,
                                             SleeveKind sleeve, UtcTime at) const {
    std::vector<Asset> dust;
    const LevelVault& of = mark_.vaults[vault];
    const PastVault& past = level_.vault(vault);
    for (const ledger::Position& position : past.books().sleeve(sleeve).positions) {
        ports::RowFilter filter;
        filter.vault = of.mark.vault;
        filter.sleeve = sleeve;
        filter.pair = Pair{position.base, of.mark.asset};
        filter.to = at + Duration{1};
        filter.limit = 1;
        VAULT_TRY(const auto closed, reader.cycles(filter));
        const auto& bought = past.sleeve(sleeve).bought_at;
        const auto last = bought.find(position.base);
        const bool again =
            last != bought.end() && !closed.empty() && last->second > closed.front().closed_at;
        if (!closed.empty() && !again) dust.push_back(position.base);
    }
    return dust;
}

std::vector<std::string> RiskTest::notes() const {
    std::vector<std::string> notes;
    if (steps_.prices == 0)
        notes.push_back(
            fmt::format("no price is stored since {}: losses of coins that were held "
                        "could not be judged",
                        format_utc(since_)));
    if (steps_.at)
        notes.push_back(fmt::format(
            "while coins were held, two stored prices lay up to {} apart (until {}): what happened "
            "between two is not seen, and earliest tells since when a trip may have been; "
            "engine.price_snapshot_every and store.retention.prices_full say how many are kept",
            format_duration(steps_.longest), format_utc(*steps_.at)));
    if (std::ranges::any_of(rows_,
                            [](const RiskTrip& trip) { return trip.oldest_price < trip.at; }))
        notes.emplace_back(
            "a trip whose oldest_price is before it mixes prices that were not stored at the "
            "same time, of several markets or of when money came or went: it may be none");
    if (steps_.unjudged > 0)
        notes.push_back(fmt::format("moments without a price, at which nothing was judged: {}",
                                    steps_.unjudged));
    if (unknown_buys_ > 0)
        notes.push_back(
            fmt::format("buys that max_exposure_per_base could not judge, as a price is "
                        "not stored: {}",
                        unknown_buys_));
    if (!rows_.empty())
        notes.emplace_back(
            "a blocked buy changes what follows it: the first trip is as exact as "
            "the prices, what comes after it is the history as it was");
    std::set<AccountId> accounts;
    for (const LevelVault& vault : mark_.vaults)
        accounts.insert(vault.mark.account);
    if (accounts.size() > 1)
        notes.push_back(
            fmt::format("the vaults of {} accounts are laid side by side, each by the "
                        "time of its own account",
                        accounts.size()));
    return notes;
}

}  // namespace vault::report
