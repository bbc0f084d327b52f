#pragma once
// StateReader: one JSON object of the engine's memory, read field by field. Every access is
// checked; a miss remembers the field and poisons the reader, so that whoever reads looks at the
// result once. Of the codecs of this room alone. A value; the shard's thread.
#include "common/base/result.hpp"
#include "common/base/time.hpp"
#include "common/domain/decimal.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <string>

namespace vault::engine {

namespace json = boost::json;

class StateReader {
  public:
    explicit StateReader(const json::value& value) : value_(value) {}

    const json::value& at(std::string_view name) {
        static const json::value kNull;
        const json::object* object = value_.if_object();
        const json::value* found = object == nullptr ? nullptr : object->if_contains(name);
        if (found == nullptr) fail(name);
        return found == nullptr ? kNull : *found;
    }
    std::string text(std::string_view name) {
        const json::string* found = at(name).if_string();
        if (found == nullptr) fail(name);
        return found == nullptr ? std::string{} : std::string{*found};
    }
    Decimal decimal(std::string_view name) { return parsed(name, Decimal::parse(text(name))); }
    bool flag(std::string_view name) {
        const bool* found = at(name).if_bool();
        if (found == nullptr) fail(name);
        return found != nullptr && *found;
    }
    std::int64_t integer(std::string_view name) { return number(name, at(name)); }
    std::int64_t number(std::string_view name, const json::value& value) {
        if (const auto* i = value.if_int64()) return *i;
        if (const auto* u = value.if_uint64()) return static_cast<std::int64_t>(*u);
        fail(name);
        return 0;
    }
    template <class T>
    T count(std::string_view name) {
        const std::int64_t found = integer(name);
        if (found < 0) fail(name);
        return static_cast<T>(found);
    }
    UtcTime time(std::string_view name) { return UtcTime{Duration{integer(name)}}; }
    template <class Enum>
    Enum enumerator(std::string_view name, Enum last) {
        return as_enum<Enum>(name, integer(name), last);
    }
    template <class Enum>
    Enum as_enum(std::string_view name, std::int64_t number, Enum last) {
        if (number < 0 || number > static_cast<std::int64_t>(last)) {
            fail(name);
            return Enum{};
        }
        return static_cast<Enum>(number);
    }
    json::array array(std::string_view name) {
        const json::array* found = at(name).if_array();
        if (found == nullptr) fail(name);
        return found == nullptr ? json::array{} : *found;
    }
    template <class T>
    T parsed(std::string_view name, Result<T> result) {
        if (!result) {
            fail(name);
            return T{};
        }
        return std::move(result).value();
    }
    bool has(std::string_view name) const {
        const json::object* object = value_.if_object();
        return object != nullptr && object->contains(name);
    }
    void adopt(const StateReader& inner) {
        if (!inner.failed_.empty()) fail(inner.failed_);
    }
    Result<void> result(std::string_view what) const {
        if (failed_.empty()) return success();
        return Error{Errc::StoreInvalid,
                     fmt::format("the stored {} is not readable at '{}'", what, failed_), failed_,
                     "restore a backup, or start the version that wrote it"};
    }

    void fail(std::string_view name) {
        if (failed_.empty()) failed_ = name;
    }

  private:
    const json::value& value_;
    std::string failed_;
};

}  // namespace vault::engine
