#pragma once
// What a RowFilter means for each kind of row, in one place for both stores. A field narrows where
// the row has it: pauses and events name their vault and sleeve in a text ("v1.flash"); rows
// without a pair ignore the pair. Pure; any thread.
#include "daemon/ports/store_reader.hpp"
#include "daemon/store/row_fields.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace vault::store {

// One more than anybody may ask for, so that a caller learns that there are more.
inline constexpr std::uint32_t kMaxRows = 10'001;
inline std::uint32_t row_limit(const ports::RowFilter& filter) {
    return std::clamp<std::uint32_t>(filter.limit, 1, kMaxRows);
}

// Visible, with the users looked up whose role is member now.
class Sight {
  public:
    Sight(const ports::Visible& visible, std::set<UserId> members)
        : visible_(visible), members_(std::move(members)) {}

    // A list row of nobody's is the daemon's own, and everybody sees it.
    bool lists(UserId user) const { return visible_.everyones || user == UserId{} || of(user); }
    // An audit row of nobody's tells what the daemon's owners did.
    bool audits(UserId user) const { return visible_.everyones || (user != UserId{} && of(user)); }

  private:
    bool of(UserId user) const {
        return user == visible_.own || (visible_.members && members_.contains(user));
    }
    const ports::Visible visible_;
    const std::set<UserId> members_;
};

// The text column that names what a row is about; nullptr if ids do.
template <class Row>
inline constexpr const char* kObject = nullptr;
template <>
inline constexpr const char* kObject<ports::PauseRow> = "target";
template <>
inline constexpr const char* kObject<ports::EventRow> = "object";

template <class Row>
class RowMatch {
  public:
    // Both outlive it.
    RowMatch(const ports::RowFilter& filter, const Sight& sight) : filter_(filter), sight_(sight) {}

    bool operator()(const Row& row) {
        matches_ = true;
        fields(row, [this](const char* name, const auto& value) { test(name, value); });
        return matches_;
    }

  private:
    template <class T>
    void test(std::string_view, const T&) {}
    void test(std::string_view, const UserId& x) {
        narrow(sight_.lists(x) && (!filter_.user || x == *filter_.user));
    }
    void test(std::string_view, const AccountId& x) {
        narrow(!filter_.account || x == *filter_.account);
    }
    void test(std::string_view, const VaultId& x) { narrow(!filter_.vault || x == *filter_.vault); }
    void test(std::string_view, const SleeveKind& x) {
        narrow(!filter_.sleeve || x == *filter_.sleeve);
    }
    void test(std::string_view, const Pair& x) { narrow(!filter_.pair || x == *filter_.pair); }
    void test(std::string_view name, const UtcTime& x) {
        if (name != kTable<Row>.time) return;
        narrow((!filter_.from || x >= *filter_.from) && (!filter_.to || x < *filter_.to));
    }
    void test(std::string_view name, const std::string& x) {
        if (name == "sleeve") narrow(!filter_.sleeve || x == to_text(*filter_.sleeve));
        if (name == "severity")
            narrow(ports::severity_rank(x) >= ports::severity_rank(filter_.severity));
        if constexpr (kObject<Row> != nullptr)
            if (name == kObject<Row> && filter_.vault)
                narrow(ports::is_about(x, *filter_.vault, filter_.sleeve));
    }
    void narrow(bool holds) { matches_ = matches_ && holds; }

    const ports::RowFilter& filter_;
    const Sight& sight_;
    bool matches_ = true;
};

}  // namespace vault::store
