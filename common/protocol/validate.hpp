#pragma once
// Arguments against the registry: unknown and missing names, wrong JSON types (a JSON number where
// a decimal string belongs), malformed values, signs and ranges; every error is InvalidParams with
// the field set. Params then gives typed access and may assume that the check has passed: asking
// for a parameter with another type than its row's is our bug and aborts. Pure; any thread.
#include "common/base/time.hpp"
#include "common/domain/asset.hpp"
#include "common/domain/decimal.hpp"
#include "common/protocol/registry.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::protocol {

namespace json = boost::json;

Result<void> validate_params(const Method& method, const json::object& params);

// The closest of `names` to `word` by edit distance, if close enough to be a slip; else empty. At
// most `slips` are forgiven; 0: a third of the word.
std::string nearest(std::string_view word, const std::vector<std::string_view>& names,
                    std::size_t slips = 0);

// A view; the object must outlive it.
class Params {
  public:
    explicit Params(const json::object& object) : object_(&object) {}

    bool has(std::string_view name) const { return object_->contains(name); }
    // Text, Enum, Time, … as written; "" if absent.
    std::string text(std::string_view name) const;
    bool flag(std::string_view name) const;  // false if absent
    std::optional<std::int64_t> integer(std::string_view name) const;
    // Empty if absent or if it is one of the row's words ("off", "max"); see word().
    std::optional<Decimal> decimal(std::string_view name) const;
    bool is_word(std::string_view name, std::string_view word) const { return text(name) == word; }
    std::optional<UtcTime> time(std::string_view name) const;
    std::optional<Duration> duration(std::string_view name) const;
    std::optional<Asset> asset(std::string_view name) const;
    std::optional<Pair> pair(std::string_view name) const;
    std::vector<std::string> texts(std::string_view name) const;
    std::vector<Asset> assets(std::string_view name) const;
    std::vector<Pair> pairs(std::string_view name) const;
    std::map<std::string, std::string> map(std::string_view name) const;
    const json::value* json(std::string_view name) const;  // null if absent
    const json::object& object() const { return *object_; }

  private:
    const json::object* object_;
};

}  // namespace vault::protocol
