#include "daemon/engine/level_codec.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vault::engine {
namespace {

const std::string kOfUser = "user", kOfDaemon = "daemon";
constexpr const char* kRealised = "_realised";
constexpr const char* kUnrealised = "_unrealised";
constexpr const char* kUnknown = "unknown";

std::string text_of(UtcTime time) {
    return std::to_string(time.time_since_epoch().count());
}

Error not_understood(const std::string& name) {
    return Error{Errc::StoreInvalid, fmt::format("the stored risk caps have a bad {}", name), name,
                 "restore a backup"};
}

Result<UtcTime> parse_ms(const std::string& name, const std::string& text) {
    std::int64_t ms = 0;
    const char* const end = text.data() + text.size();
    const auto [at, status] = std::from_chars(text.data(), end, ms);
    if (status != std::errc{} || at != end) return not_understood(name);
    return UtcTime{Duration{ms}};
}

// Every entry by its name; one that is not there keeps its default.
class Taker {
  public:
    explicit Taker(const Texts& texts) : texts_(texts) {}

    const std::string* find(const std::string& name) const {
        const auto at = texts_.find(name);
        return at == texts_.end() ? nullptr : &at->second;
    }
    void take(const std::string& name, Decimal& into) {
        const std::string* const text = find(name);
        if (text == nullptr) return;
        const auto value = Decimal::parse(*text);
        if (value)
            into = value.value();
        else
            bad_ = name;
    }
    void take(const std::string& name, UtcTime& into) {
        const std::string* const text = find(name);
        if (text == nullptr) return;
        const auto value = parse_ms(name, *text);
        if (value)
            into = value.value();
        else
            bad_ = name;
    }
    Result<void> result() const {
        if (!bad_.empty()) return not_understood(bad_);
        return success();
    }

  private:
    const Texts& texts_;
    std::string bad_;
};

}  // namespace

Texts save_level(const LevelRisk& level) {
    Texts out;
    const risk::Caps none;
    for (const risk::CapKey& key : risk::cap_keys())
        if (const std::string text = risk::cap_text(level.caps, key.name);
            text != risk::cap_text(none, key.name))
            out[std::string{key.name}] = text;
    if (!level.capped_by.empty()) {
        out["capped_by"] = level.capped_by;
        out["tripped_at"] = text_of(level.trip.at);
        out["tripped"] = level.trip.arithmetic;
        out["tripped_in"] = to_text(level.tripped_in);
        out["trip_day_over"] = level.trip_day_over ? "true" : "false";
    }
    if (level.day.day != UtcTime{}) {
        out["day"] = text_of(level.day.day);
        out["day_realised"] = level.day.realised_before.text();
        out["day_unrealised"] = level.day.unrealised_before.text();
    }
    if (level.drawdown) {
        out["peak"] = level.drawdown->peak.text();
        out["peak_at"] = text_of(level.drawdown->peak_at);
        out["peak_since"] = text_of(level.drawdown->since);
        out["peak_swept"] = level.drawdown->swept_before.text();
        out["peak_principal"] = level.drawdown->principal.text();
    }
    return out;
}

Texts save_booked(const risk::Booked& booked) {
    return {{"realised", booked.realised.text()},
            {"swept", booked.swept.text()},
            {"principal", booked.principal.text()},
            {"unearned", booked.unearned.text()}};
}

// "unknown" where a price was missing.
Texts save_marks(const VaultShare& share) {
    Texts out;
    for (const auto& [name, mark] :
         {std::pair{kOfUser, &share.of_user}, std::pair{kOfDaemon, &share.of_daemon}}) {
        if (*mark == WideMark{}) continue;
        out[name + kRealised] = mark->realised.text();
        out[name + kUnrealised] = mark->unrealised ? mark->unrealised->text() : kUnknown;
    }
    return out;
}

Texts save_level(const WideRisk& level) {
    Texts out = save_level(static_cast<const LevelRisk&>(level));
    out.merge(save_booked(level.sums.booked));
    return out;
}

Result<void> load_level(LevelRisk& level, const Texts& texts) {
    for (const auto& [name, text] : texts)
        if (risk::find_cap_key(name) != nullptr && !risk::set_cap(level.caps, name, text))
            return not_understood(name);
    Taker from{texts};
    if (const std::string* const cap = from.find("capped_by")) level.capped_by = *cap;
    const bool latches = level.capped_by.empty() || level.capped_by == "max_daily_loss" ||
                         level.capped_by == "max_drawdown";
    if (!latches) return not_understood("capped_by");
    // A latch of before they were kept ends with any account's day.
    level.trip_day_over = true;
    from.take("tripped_at", level.trip.at);
    if (const std::string* const text = from.find("tripped")) level.trip.arithmetic = *text;
    if (const std::string* const text = from.find("tripped_in")) {
        const auto account = parse_account_id(*text);
        if (!account) return not_understood("tripped_in");
        level.tripped_in = account.value();
        const std::string* const over = from.find("trip_day_over");
        level.trip_day_over = over != nullptr && *over == "true";
    }
    from.take("day", level.day.day);
    from.take("day_realised", level.day.realised_before);
    from.take("day_unrealised", level.day.unrealised_before);
    if (from.find("peak") != nullptr) {
        risk::Drawdown& mark = level.drawdown.emplace();
        from.take("peak", mark.peak);
        from.take("peak_at", mark.peak_at);
        from.take("peak_since", mark.since);
        from.take("peak_swept", mark.swept_before);
        from.take("peak_principal", mark.principal);
    }
    return from.result();
}

Result<void> load_booked(risk::Booked& booked, const Texts& texts) {
    Taker from{texts};
    from.take("realised", booked.realised);
    from.take("swept", booked.swept);
    from.take("principal", booked.principal);
    from.take("unearned", booked.unearned);
    return from.result();
}

Result<void> load_marks(VaultShare& share, const Texts& texts) {
    Taker from{texts};
    for (const auto& [name, mark] :
         {std::pair{kOfUser, &share.of_user}, std::pair{kOfDaemon, &share.of_daemon}}) {
        from.take(name + kRealised, mark->realised);
        const std::string* const unrealised = from.find(name + kUnrealised);
        if (unrealised != nullptr && *unrealised == kUnknown)
            mark->unrealised.reset();
        else
            from.take(name + kUnrealised, *mark->unrealised);
    }
    return from.result();
}

Result<void> load_level(WideRisk& level, const Texts& texts) {
    VAULT_TRYV(load_level(static_cast<LevelRisk&>(level), texts));
    // What was stored before each vault had its mark begins anew with the next price.
    if (!texts.contains("unearned")) level.day = {};
    return load_booked(level.sums.booked, texts);
}

}  // namespace vault::engine
