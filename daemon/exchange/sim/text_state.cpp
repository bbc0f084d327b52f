// SimVenue as text: words separated by single blanks, in a fixed order, so that two equal venues
// have the same text. "s1", settings, random state, counters, then counted lists of wallets,
// sleeves' last order numbers and live orders.
#include "daemon/exchange/sim/venue.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace vault::exchange {
namespace {

constexpr std::string_view kVersion = "s1";
constexpr std::uint64_t kMostEntries = 1'000'000;

Error bad_state(std::string_view what) {
    return Error{Errc::InvalidParams, fmt::format("the simulated venue's state has a bad {}", what),
                 "state", "restore the store from a backup"};
}

class Writer {
  public:
    template <class T>
    Writer& operator<<(const T& value) {
        if (!text_.empty()) text_ += ' ';
        fmt::format_to(std::back_inserter(text_), "{}", value);
        return *this;
    }
    Writer& operator<<(Decimal value) { return *this << std::string_view{value.text()}; }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

// Reads words in order; the first failure sticks, and zero values follow it.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::string_view word() {
        const std::size_t blank = rest_.find(' ');
        const std::string_view word = rest_.substr(0, blank);
        if (word.empty()) fail("length");
        rest_.remove_prefix(blank == std::string_view::npos ? rest_.size() : blank + 1);
        return word;
    }
    template <class T>
    T number(T most = std::numeric_limits<T>::max()) {
        const std::string_view text = word();
        T value{};
        const char* const end = text.data() + text.size();
        const auto [at, status] = std::from_chars(text.data(), end, value);
        if (status != std::errc{} || at != end || value > most) fail("number");
        return failed() ? T{} : value;
    }
    Decimal amount() {
        const Result<Decimal> value = Decimal::parse(word());
        if (!value || value.value().is_negative()) fail("amount");
        return failed() ? kZero : value.value();
    }
    template <class T>
    T parsed(Result<T> (*parse)(std::string_view)) {
        const Result<T> value = parse(word());
        if (!value) fail("name");
        return failed() ? T{} : value.value();
    }
    void fail(std::string_view what) {
        if (failure_.empty()) failure_ = what;
    }
    bool failed() const { return !failure_.empty(); }
    std::string_view failure() const { return failure_; }
    bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
    std::string_view failure_;
};

void write_settings(const SimSettings& s, Writer& out) {
    out << s.fee_rate << s.slippage << (s.fee_in == FeeIn::Base ? "base" : "quote")
        << s.partial_fill_per_million << s.reject_per_million << s.latency_ticks << s.seed;
}

SimSettings read_settings(Reader& in) {
    SimSettings s;
    s.fee_rate = in.amount();
    s.slippage = in.amount();
    const std::string_view fee_in = in.word();
    if (fee_in != "base" && fee_in != "quote") in.fail("fee_in");
    s.fee_in = fee_in == "base" ? FeeIn::Base : FeeIn::Quote;
    s.partial_fill_per_million = in.number<std::uint32_t>();
    s.reject_per_million = in.number<std::uint32_t>();
    s.latency_ticks = in.number<std::uint32_t>();
    s.seed = in.number<std::uint64_t>();
    return s;
}

void write_request(const OrderRequest& r, Writer& out) {
    out << to_text(r.id) << r.pair.text() << to_text(r.side) << r.spend_fraction << r.spend_base
        << r.fee_rate << r.quantity.value << r.limit.value
        << r.decided_at.time_since_epoch().count();
}

OrderRequest read_request(Reader& in) {
    OrderRequest r;
    r.id = in.parsed(parse_order_id);
    r.pair = in.parsed(Pair::parse);
    r.side = in.parsed(parse_side);
    r.spend_fraction = in.amount();
    r.spend_base = in.amount();
    r.fee_rate = in.amount();
    r.quantity = Quantity{in.amount()};
    r.limit = Price{in.amount()};
    r.decided_at = UtcTime{Duration{in.number<std::int64_t>()}};
    return r;
}

}  // namespace

std::string SimVenue::save() const {
    Writer out;
    out << kVersion;
    write_settings(settings_, out);
    for (const std::uint64_t word : random_.state())
        out << word;
    out << trades_ << fundings_ << wallets_.all().size();
    for (const auto& [asset, balance] : wallets_.all())
        out << asset.text() << balance.free << balance.held;
    out << last_number_.size();
    for (const auto& [sleeve, number] : last_number_)
        out << to_text(sleeve.first) << to_text(sleeve.second) << number;
    out << orders_.size();
    for (const LiveOrder& order : orders_) {
        write_request(order.request, out);
        out << order.held << order.rest.value << (order.filled_some ? 1 : 0) << order.ticks_left;
    }
    return out.take();
}

// What the wallets hold is what the live orders hold.
bool SimVenue::holds_add_up() const {
    std::map<Asset, Decimal> held;
    for (const LiveOrder& order : orders_) {
        const Result<Decimal> sum = add(held[pays(order.request)], order.held);
        if (!sum) return false;
        held[pays(order.request)] = sum.value();
    }
    for (const auto& [asset, balance] : wallets_.all())
        if (balance.held != held[asset]) return false;
    for (const auto& [asset, amount] : held)
        if (wallets_.of(asset).held != amount) return false;
    return true;
}

Result<SimVenue> SimVenue::load(std::string_view text) {
    Reader in{text};
    if (in.word() != kVersion) return bad_state("version");
    const SimSettings settings = read_settings(in);
    if (in.failed() || !validate(settings)) return bad_state("setting");
    SimVenue venue{settings};
    Random::State random{};
    for (std::uint64_t& word : random)
        word = in.number<std::uint64_t>();
    venue.random_ = Random{random};
    venue.trades_ = in.number<std::uint64_t>();
    venue.fundings_ = in.number<std::uint64_t>();
    for (auto n = in.number<std::uint64_t>(kMostEntries); n > 0 && !in.failed(); --n) {
        const Asset asset = in.parsed(Asset::parse);
        const Decimal free = in.amount();
        venue.wallets_.restore(asset, {free, in.amount()});
    }
    for (auto n = in.number<std::uint64_t>(kMostEntries); n > 0 && !in.failed(); --n) {
        const VaultId vault = in.parsed(parse_vault_id);
        const SleeveKind sleeve = in.parsed(parse_sleeve_kind);
        venue.last_number_[{vault, sleeve}] = in.number<std::uint32_t>();
    }
    for (auto n = in.number<std::uint64_t>(kMostEntries); n > 0 && !in.failed(); --n) {
        LiveOrder order;
        order.request = read_request(in);
        order.held = in.amount();
        order.rest = Quantity{in.amount()};
        order.filled_some = in.number<std::uint32_t>(1) == 1;
        order.ticks_left = in.number<std::uint32_t>();
        venue.orders_.push_back(std::move(order));
    }
    if (in.failed()) return bad_state(in.failure());
    if (!in.at_end()) return bad_state("end");
    if (!venue.holds_add_up()) return bad_state("hold");
    return venue;
}

}  // namespace vault::exchange
