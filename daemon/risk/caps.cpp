#include "daemon/risk/caps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vault::risk {
namespace {

// Where a decimal cap lives and which values it may have: 0 < value <= most (or < most).
struct DecimalCap {
    std::string_view key;
    std::optional<Decimal> Caps::*member;
    std::optional<Decimal> most;
    bool most_allowed;
};

const DecimalCap kDecimalCaps[] = {
    {"max_position", &Caps::max_position, std::nullopt, false},
    {"max_position_pct", &Caps::max_position_pct, Decimal::from_int(100), true},
    {"max_daily_loss", &Caps::max_daily_loss, std::nullopt, false},
    {"max_drawdown", &Caps::max_drawdown, kOne, false},
    {"max_exposure_per_base", &Caps::max_exposure_per_base, std::nullopt, false},
    {"quote_band", &Caps::quote_band, kOne, false},
};

struct OnTripKey {
    std::string_view key, cap;
    OnTrip Caps::*member;
};
const OnTripKey kOnTripKeys[] = {
    {"max_daily_loss_on_trip", "max_daily_loss", &Caps::daily_loss_on_trip},
    {"max_drawdown_on_trip", "max_drawdown", &Caps::drawdown_on_trip},
};
constexpr OnTrip kOnTrips[] = {OnTrip::Entries, OnTrip::All, OnTrip::Liquidate};

constexpr std::uint8_t bit(Level level) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(level));
}
constexpr std::uint8_t kSleeve = bit(Level::Sleeve);
constexpr std::uint8_t kWide = bit(Level::User) | bit(Level::Daemon);
constexpr std::uint8_t kAll = kSleeve | bit(Level::Vault) | kWide;

Error out_of_range(std::string_view name) {
    const CapKey& key = *find_cap_key(name);
    const bool removable = key.range.find("off") != std::string_view::npos;
    return Error{Errc::InvalidParams,
                 key.unit == "bool" || key.unit == "word"
                     ? fmt::format("{} must be {}", name, key.range)
                     : fmt::format("{} must be {}, in {}", name, key.range, key.unit),
                 std::string{name},
                 removable ? "write off to remove the cap" : fmt::format("give {}", key.range)};
}

Result<void> set_decimal(Caps& caps, const DecimalCap& cap, std::string_view text) {
    if (text == "off") {
        caps.*cap.member = std::nullopt;
        return success();
    }
    auto value = Decimal::parse(text);
    if (!value)
        return std::move(value)
            .error()
            .with_field(std::string{cap.key})
            .with_hint("give a plain decimal such as 12.5, or off to remove the cap");
    const bool too_large =
        cap.most && (cap.most_allowed ? value.value() > *cap.most : value.value() >= *cap.most);
    if (!value.value().is_positive() || too_large) return out_of_range(cap.key);
    caps.*cap.member = value.value();
    return success();
}

Result<std::uint32_t> parse_count(std::string_view key, std::string_view text, std::uint32_t most) {
    std::uint32_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [at, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || at != end || value < 1 || value > most) return out_of_range(key);
    return value;
}

}  // namespace

const std::vector<CapKey>& cap_keys() {
    static const std::vector<CapKey> kKeys{
        {"max_position", "quote", "> 0 or off", "largest cost of the sleeve's positions", kSleeve},
        {"max_position_pct", "percent", "> 0, <= 100 or off", "the same, of the sleeve's balance",
         kSleeve},
        {"max_daily_loss", "quote", "> 0 or off",
         "loss since midnight UTC, unrealised included, that holds buys", kAll},
        {"max_daily_loss_on_trip", "word", "entries, all or liquidate", "what it blocks then",
         kAll},
        {"max_drawdown", "fraction", "> 0, < 1 or off", "fall from the peak of equity and sweeps",
         kAll},
        {"max_drawdown_on_trip", "word", "entries, all or liquidate", "what it blocks then", kAll},
        {"max_trades_per_day", "buys", "1 to 100000 or off", "buys sent since midnight UTC", kAll},
        {"max_open_positions", "positions", "1 to 100", "positions open at the same time", kSleeve},
        {"max_exposure_per_base", "quote", "> 0 or off",
         "value of one coin in all vaults of the user, or of the daemon", kSleeve | kWide},
        {"quote_band", "fraction", "> 0, < 1 or off", "how far a stablecoin may be off 1", kSleeve},
        {"caps_reset_daily", "bool", "true or false", "tripped loss caps end with their UTC day",
         kAll},
    };
    return kKeys;
}

const CapKey* find_cap_key(std::string_view name) {
    const auto& all = cap_keys();
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const CapKey& k) { return k.name == name; });
    return at == all.end() ? nullptr : &*at;
}

std::string_view to_text(Level level) {
    switch (level) {
        case Level::Sleeve: return "sleeve";
        case Level::Vault: return "vault";
        case Level::User: return "user";
        case Level::Daemon: return "daemon";
    }
    return "";
}

std::string_view to_text(OnTrip on_trip) {
    switch (on_trip) {
        case OnTrip::Entries: return "entries";
        case OnTrip::All: return "all";
        case OnTrip::Liquidate: return "liquidate";
    }
    return "";
}

Result<void> set_cap(Caps& caps, std::string_view key, std::string_view text) {
    for (const DecimalCap& cap : kDecimalCaps)
        if (cap.key == key) return set_decimal(caps, cap, text);
    for (const OnTripKey& each : kOnTripKeys) {
        if (each.key != key) continue;
        for (const OnTrip on_trip : kOnTrips)
            if (text == to_text(on_trip)) {
                caps.*each.member = on_trip;
                return success();
            }
        return out_of_range(key);
    }
    if (key == "max_trades_per_day") {
        if (text == "off") {
            caps.max_trades_per_day = std::nullopt;
            return success();
        }
        VAULT_TRY(caps.max_trades_per_day, parse_count(key, text, 100'000));
        return success();
    }
    if (key == "max_open_positions") {
        VAULT_TRY(caps.max_open_positions, parse_count(key, text, 100));
        return success();
    }
    if (key == "caps_reset_daily") {
        if (text != "true" && text != "false") return out_of_range(key);
        caps.caps_reset_daily = text == "true";
        return success();
    }
    return Error{Errc::NotFound, fmt::format("'{}' is not a risk cap", key), std::string{key}};
}

std::string cap_text(const Caps& caps, std::string_view key) {
    for (const DecimalCap& cap : kDecimalCaps)
        if (cap.key == key) return caps.*cap.member ? (*(caps.*cap.member)).text() : "off";
    for (const OnTripKey& each : kOnTripKeys)
        if (each.key == key) return std::string{to_text(caps.*each.member)};
    if (key == "max_trades_per_day")
        return caps.max_trades_per_day ? std::to_string(*caps.max_trades_per_day) : "off";
    if (key == "max_open_positions") return std::to_string(caps.max_open_positions);
    return caps.caps_reset_daily ? "true" : "false";
}

OnTrip on_trip(const Caps& caps, std::string_view key) {
    for (const OnTripKey& each : kOnTripKeys)
        if (each.cap == key) return caps.*each.member;
    return OnTrip::Entries;
}

bool raises_risk(const Caps& before, const Caps& after) {
    const auto looser = [](const auto& was, const auto& is) { return was && (!is || *is > *was); };
    for (const DecimalCap& cap : kDecimalCaps)
        if (looser(before.*cap.member, after.*cap.member)) return true;
    for (const OnTripKey& each : kOnTripKeys)
        if (after.*each.member < before.*each.member) return true;
    return looser(before.max_trades_per_day, after.max_trades_per_day) ||
           after.max_open_positions > before.max_open_positions ||
           (after.caps_reset_daily && !before.caps_reset_daily);
}

std::string_view blocking_cap(const Caps& caps, const Exposure& exposure) {
    if (exposure.open_positions >= caps.max_open_positions) return "max_open_positions";
    const Decimal after = exposure.committed + exposure.budget;
    if (caps.max_position && after > *caps.max_position) return "max_position";
    if (caps.max_position_pct && compare_products(after, Decimal::from_int(100),
                                                  *caps.max_position_pct, exposure.balance) > 0)
        return "max_position_pct";
    if (caps.max_trades_per_day && exposure.buys_today >= *caps.max_trades_per_day)
        return "max_trades_per_day";
    return {};
}

bool looks_outside(const Caps& caps) {
    return caps.quote_band || caps.max_exposure_per_base;
}

std::string_view blocking_outside(const Caps& caps, const Outside& outside, Decimal budget) {
    const bool judged = !outside.quote_is_usd && outside.quote_price;
    if (caps.quote_band && judged && (*outside.quote_price - kOne).abs() > *caps.quote_band)
        return "quote_band";
    if (!caps.max_exposure_per_base) return {};
    if (!outside.base_value) return "max_exposure_per_base";
    const auto after = add(*outside.base_value, budget);
    return !after || after.value() > *caps.max_exposure_per_base ? "max_exposure_per_base" : "";
}

bool follows_losses(const Caps& caps) {
    return caps.max_daily_loss || caps.max_drawdown;
}

Decimal loss_today(const DayMarks& marks, Decimal realised, Decimal unrealised) {
    return -(realised - marks.realised_before + unrealised - marks.unrealised_before);
}

bool daily_loss_reached(const Caps& caps, const DayMarks& marks, Decimal realised,
                        Decimal unrealised) {
    return caps.max_daily_loss && loss_today(marks, realised, unrealised) >= *caps.max_daily_loss;
}

}  // namespace vault::risk
