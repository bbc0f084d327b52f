#include "daemon/report/past_level.hpp"

#include "daemon/ledger/market_value.hpp"

#include <algorithm>
#include <set>

namespace vault::report {

namespace {

// Above it an amount is no worth but a wrong price, as the engine has it.
constexpr Decimal kWorthMax = Decimal::from_int(10'000'000'000'000);

std::optional<Decimal> converted(Decimal amount, Decimal rate, Rounding rounding) {
    const auto value = mul(amount, rate, rounding);
    if (!value || value.value().abs() > kWorthMax) return std::nullopt;
    return value.value();
}

// A sum that would leave the range of the books stays where it is.
void grow(Decimal& sum, Decimal by, Decimal rate) {
    const auto value = mul(by, rate, Rounding::Floor);
    const auto next = value ? add(sum, value.value()) : value;
    if (next && next.value().abs() <= ledger::kBalanceMax) sum = next.value();
}

Pair in_usd(const Asset& asset) {
    static const Asset kUsd = Asset::parse("USD").value();
    return {asset, kUsd};
}

}  // namespace

PastLevel::PastLevel(const LevelMark& mark, UtcTime from)
    : mark_(mark), parts_(mark.vaults.size()) {
    vaults_.reserve(mark.vaults.size());
    for (const LevelVault& vault : mark.vaults)
        vaults_.emplace_back(vault, from);
    for (std::size_t i = 0; i < vaults_.size(); ++i) {
        const LevelVault& vault = mark.vaults[i];
        const AccountId under = vault.mark.recorded_under;
        for (const Pair& pair : vault.pairs)
            market_of(under, pair, !vault.beside);
        if (is_wide() && vault.mark.asset != mark.asset)
            market_of(under, {vault.mark.asset, mark.asset}, true);
        if (mark.caps.quote_band && !vault.beside)
            market_of(under, in_usd(vault.mark.asset), false);
    }
}

bool PastLevel::is_wide() const {
    return mark_.level == risk::Level::User || mark_.level == risk::Level::Daemon;
}

bool PastLevel::counts(std::size_t vault, SleeveKind sleeve) const {
    return !mark_.vaults[vault].beside && (!mark_.sleeve || *mark_.sleeve == sleeve);
}

std::size_t PastLevel::market_of(AccountId recorded_under, const Pair& pair, bool judged) {
    const auto known = std::ranges::find_if(markets_, [&](const PastMarket& market) {
        return market.recorded_under == recorded_under && market.pair == pair;
    });
    const auto index = static_cast<std::size_t>(known - markets_.begin());
    if (known == markets_.end()) markets_.push_back({recorded_under, pair, judged, {}, {}});
    markets_[index].judged = markets_[index].judged || judged;
    return index;
}

const PastMarket* PastLevel::find_market(std::size_t vault, const Pair& pair) const {
    const AccountId under = mark_.vaults[vault].mark.recorded_under;
    for (const PastMarket& market : markets_)
        if (market.recorded_under == under && market.pair == pair) return &market;
    return nullptr;
}

std::optional<Decimal> PastLevel::price_of(std::size_t vault, const Pair& pair) const {
    const PastMarket* const market = find_market(vault, pair);
    return market == nullptr ? std::nullopt : market->price;
}

std::optional<Decimal> PastLevel::rate_of(std::size_t vault) const {
    const Asset& asset = mark_.vaults[vault].mark.asset;
    return asset == mark_.asset ? std::optional{kOne} : price_of(vault, {asset, mark_.asset});
}

// Of the sleeves that count, in the vault's asset; none: a coin has no price.
std::optional<Decimal> PastLevel::unrealised_of(std::size_t vault, bool& open) const {
    const VaultMark& mark = mark_.vaults[vault].mark;
    Decimal sum;
    bool priced = true;
    for (const SleeveKind kind : kSleeveKinds) {
        if (!counts(vault, kind)) continue;
        for (const ledger::Position& position : vaults_[vault].books().sleeve(kind).positions) {
            if (position.coins().is_zero()) continue;
            open = true;
            const auto price = price_of(vault, {position.base, mark.asset});
            priced = priced && price;
            if (price)
                sum += ledger::value_at_market(position.coins(), Price{*price}, mark.fee_rate) -
                       position.cost;
        }
    }
    return priced ? std::optional{sum} : std::nullopt;
}

Decimal PastLevel::balance_of(std::size_t vault) const {
    Decimal sum;
    for (const SleeveKind kind : kSleeveKinds)
        if (counts(vault, kind)) sum += vaults_[vault].books().balance(kind);
    return sum;
}

risk::Booked PastLevel::booked_of(std::size_t vault) const {
    risk::Booked sum;
    for (const SleeveKind kind : kSleeveKinds) {
        if (!counts(vault, kind)) continue;
        const ledger::SleeveBooks& books = vaults_[vault].books().sleeve(kind);
        sum.realised += books.realised;
        sum.swept += books.swept;
        sum.principal += books.principal;
    }
    return sum;
}

bool PastLevel::holds(const PastMarket& market) const {
    for (std::size_t i = 0; i < vaults_.size(); ++i) {
        const VaultMark& mark = mark_.vaults[i].mark;
        if (mark.recorded_under != market.recorded_under || mark.asset != market.pair.quote)
            continue;
        for (const SleeveKind kind : kSleeveKinds)
            if (counts(i, kind) && vaults_[i].books().position(kind, market.pair.base) != nullptr)
                return true;
    }
    return false;
}

bool PastLevel::holds_coins() const {
    for (std::size_t i = 0; i < vaults_.size(); ++i)
        for (const SleeveKind kind : kSleeveKinds)
            if (counts(i, kind) && !vaults_[i].books().sleeve(kind).positions.empty()) return true;
    return false;
}

std::optional<UtcTime> PastLevel::oldest_price() const {
    std::optional<UtcTime> oldest;
    for (const PastMarket& market : markets_)
        if (market.price && (!oldest || market.at < *oldest) && holds(market)) oldest = market.at;
    return oldest;
}

void PastLevel::set_price(std::size_t market, Decimal price, UtcTime at) {
    markets_[market].price = price;
    markets_[market].at = at;
    const AccountId under = markets_[market].recorded_under;
    for (std::size_t i = 0; i < vaults_.size(); ++i)
        if (mark_.vaults[i].mark.recorded_under == under) measure(i);
}

void PastLevel::add(const Worth& worth, bool back) {
    const auto to = [back](Decimal& sum, Decimal amount) { sum += back ? -amount : amount; };
    to(sum_.equity, worth.equity);
    to(sum_.unrealised, worth.unrealised);
    to(sum_.booked.realised, worth.booked.realised);
    to(sum_.booked.swept, worth.booked.swept);
    to(sum_.booked.principal, worth.booked.principal);
    to(sum_.realised_before, worth.realised_before);
    to(sum_.unrealised_before, worth.unrealised_before);
}

// Coins that it holds of a pair that it trades no longer have a market too.
void PastLevel::know_markets(std::size_t vault) {
    const LevelVault& of = mark_.vaults[vault];
    for (const SleeveKind kind : kSleeveKinds)
        for (const ledger::Position& position : vaults_[vault].books().sleeve(kind).positions)
            market_of(of.mark.recorded_under, {position.base, of.mark.asset}, !of.beside);
}

void PastLevel::measure(std::size_t vault) {
    know_markets(vault);
    if (mark_.vaults[vault].beside) return;
    VaultPart& part = parts_[vault];
    add(part.worth, true);
    if (!part.resolved) --unresolved_;
    const auto rate = rate_of(vault);
    bool open = false;
    const auto unrealised = unrealised_of(vault, open);
    const Decimal equity = balance_of(vault) + unrealised.value_or(kZero);
    const auto worth = rate ? converted(equity, *rate, Rounding::Floor) : std::nullopt;
    const auto gain =
        rate && unrealised ? converted(*unrealised, *rate, Rounding::Floor) : std::nullopt;
    part.resolved = (worth && gain) || (equity.is_zero() && !open);
    part.worth.equity = worth && gain ? *worth : kZero;
    part.worth.unrealised = worth && gain ? *gain : kZero;
    if (const risk::Booked now = booked_of(vault); rate && now != part.seen) {
        risk::Booked& booked = part.worth.booked;
        grow(booked.realised, now.realised - part.seen.realised, *rate);
        grow(booked.swept, now.swept - part.seen.swept, *rate);
        grow(booked.principal, now.principal - part.seen.principal, *rate);
        part.seen = now;
    }
    if (!part.resolved) ++unresolved_;
    add(part.worth, false);
}

// `open`: what its open positions are worth, in the level's asset; none: nobody knows.
void PastLevel::begin_part(VaultPart& part, std::optional<Decimal> open) {
    add(part.worth, true);
    if (!part.day_known) --unknown_days_;
    part.day_known = open.has_value();
    if (!part.day_known) ++unknown_days_;
    part.worth.realised_before = part.worth.booked.realised;
    part.worth.unrealised_before = open.value_or(kZero);
    add(part.worth, false);
}

void PastLevel::begin_day(std::size_t vault, UtcTime at, std::optional<Decimal> unrealised) {
    vaults_[vault].begin_day();
    VaultPart& part = parts_[vault];
    part.day = floor_day(at);
    if (mark_.vaults[vault].beside) return;
    const auto rate = rate_of(vault);
    std::optional<Decimal> open;
    if (part.resolved) open = part.worth.unrealised;
    if (unrealised && rate) open = converted(*unrealised, *rate, Rounding::Floor);
    begin_part(part, open);
}

void PastLevel::mark_day(UtcTime at, bool again) {
    for (VaultPart& part : parts_) {
        if (!again && part.day >= floor_day(at)) continue;
        begin_part(part, part.resolved ? std::optional{part.worth.unrealised} : std::nullopt);
        if (again) part.day = std::max(part.day, floor_day(at));
    }
}

void PastLevel::know_days() {
    for (std::size_t i = 0; i < parts_.size() && unknown_days_ > 0; ++i)
        if (!parts_[i].day_known && parts_[i].resolved)
            begin_part(parts_[i], parts_[i].worth.unrealised);
}

risk::LossFigures PastLevel::figures() const {
    return {sum_.booked.realised,
            sum_.unrealised,
            {sum_.equity, sum_.booked.swept, sum_.booked.principal}};
}

risk::DayMarks PastLevel::day() const {
    risk::DayMarks day;
    std::uint64_t buys = 0;
    for (std::size_t i = 0; i < vaults_.size(); ++i) {
        day.day = std::max(day.day, parts_[i].day);
        for (const SleeveKind kind : kSleeveKinds)
            if (counts(i, kind)) buys += vaults_[i].sleeve(kind).buys_today;
    }
    day.realised_before = sum_.realised_before;
    day.unrealised_before = sum_.unrealised_before;
    day.buys = static_cast<std::uint32_t>(std::min<std::uint64_t>(buys, UINT32_MAX));
    return day;
}

risk::Exposure PastLevel::exposure_of(const PastOrder& next) const {
    const PastVault& vault = vaults_[next.vault];
    const ledger::SleeveBooks& books = vault.books().sleeve(next.sleeve);
    std::set<Asset> open;
    for (const ledger::Position& position : books.positions)
        if (position.coins().is_positive() && !std::ranges::count(next.dust, position.base))
            open.insert(position.base);
    for (const PastBuy& buy : vault.sleeve(next.sleeve).buys)
        open.insert(buy.base);
    return {.budget = next.budget,
            .committed = vault.books().positions_cost(next.sleeve) + books.locked,
            .balance = vault.books().balance(next.sleeve),
            .open_positions = static_cast<std::uint32_t>(open.size())};
}

// As a sleeve's cap sees it: in the vault's asset, over its user's vaults of the same mode.
std::optional<Decimal> PastLevel::base_value(const PastOrder& next) const {
    const Asset& quote = mark_.vaults[next.vault].mark.asset;
    Decimal coins, cash;
    for (std::size_t i = 0; i < vaults_.size(); ++i)
        for (const SleeveKind kind : kSleeveKinds) {
            const Asset& here = mark_.vaults[i].mark.asset;
            const auto* position = vaults_[i].books().position(kind, next.base);
            if (position != nullptr) coins += position->coins();
            for (const PastBuy& buy : vaults_[i].sleeve(kind).buys) {
                if (buy.base != next.base) continue;
                if (here == quote) {
                    cash += buy.lock;
                    continue;
                }
                const auto price = price_of(i, {buy.base, here});
                const auto bought = price ? div(buy.lock, *price, Rounding::Up)
                                          : Result<Decimal>{ledger::kBalanceMax + kOne};
                if (!bought || bought.value() > ledger::kBalanceMax) return std::nullopt;
                coins += bought.value();
            }
        }
    if (coins.is_zero()) return cash;
    const auto price = price_of(next.vault, {next.base, quote});
    if (!price) return std::nullopt;
    const auto value = mul(coins, *price, Rounding::Up);
    const auto all = value ? vault::add(value.value(), cash) : value;
    return all ? std::optional{all.value()} : std::nullopt;
}

std::optional<Decimal> PastLevel::worth_in_level(std::size_t vault, Decimal amount) const {
    const auto rate = rate_of(vault);
    return rate ? converted(amount, *rate, Rounding::Up) : std::nullopt;
}

// As a user's or the daemon's cap sees it: in the level's asset, over all its vaults.
std::optional<Decimal> PastLevel::base_value_of_level(const Asset& base) const {
    Decimal sum;
    for (std::size_t i = 0; i < vaults_.size(); ++i)
        for (const SleeveKind kind : kSleeveKinds) {
            const auto* position = vaults_[i].books().position(kind, base);
            if (position != nullptr && !position->coins().is_zero()) {
                const auto price = price_of(i, {base, mark_.vaults[i].mark.asset});
                const auto here =
                    price ? converted(position->coins(), *price, Rounding::Up) : std::nullopt;
                const auto worth = here ? worth_in_level(i, *here) : std::nullopt;
                if (!worth) return std::nullopt;
                sum += *worth;
            }
            for (const PastBuy& buy : vaults_[i].sleeve(kind).buys) {
                if (buy.base != base) continue;
                const auto worth = worth_in_level(i, buy.lock);
                if (!worth) return std::nullopt;
                sum += *worth;
            }
        }
    return sum;
}

risk::ReadingInputs PastLevel::inputs(const PastOrder* next) const {
    const risk::LossFigures now = figures();
    risk::ReadingInputs in;
    in.level = mark_.level;
    in.asset = std::string(mark_.asset.text());
    in.resume = mark_.resume;
    in.unresolved = unresolved_;
    in.day = day();
    in.realised = now.realised;
    in.unrealised = now.unrealised;
    in.stake = now.stake;
    in.exposure.buys_today = in.day.buys;
    if (next == nullptr) return in;
    const bool sleeves = mark_.level == risk::Level::Sleeve;
    std::optional<Decimal> value = sleeves ? base_value(*next) : base_value_of_level(next->base);
    if (sleeves) in.exposure = exposure_of(*next);
    in.exposure.buys_today = in.day.buys;
    if (is_wide()) {
        const auto budget = worth_in_level(next->vault, next->budget);
        in.exposure.budget = budget.value_or(kZero);
        if (!budget) value.reset();
    }
    in.bases = {{std::string(next->base.text()), value}};
    const Pair usd = in_usd(mark_.vaults[next->vault].mark.asset);
    in.outside.quote_is_usd = usd.base == usd.quote;
    if (const PastMarket* const quote = find_market(next->vault, usd)) {
        in.outside.quote_price = quote->price;
        in.quote_at = quote->at;
    }
    return in;
}

}  // namespace vault::report
