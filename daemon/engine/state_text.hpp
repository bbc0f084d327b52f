#pragma once
// The words of the state codec: small values as JSON and back (StateReader). Used by
// state_codec*.cpp alone. Any thread; what is missing or wrong poisons the reader.
#include "common/domain/decimal.hpp"
#include "daemon/engine/hold.hpp"
#include "daemon/engine/state_reader.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>

namespace vault::engine {

json::string text_of(Decimal x);
std::int64_t ms_of(UtcTime t);
json::object texts_json(const std::map<std::string, std::string>& texts);
json::object hold_json(const Hold& hold);
json::value optional_text(const std::optional<Decimal>& x);  // null: none
json::value optional_ms(const std::optional<UtcTime>& t);

// null if it is no JSON.
json::value parse_state(std::string_view body);
Hold read_hold(StateReader& outer, std::string_view name);
std::map<std::string, std::string> read_texts(StateReader& in, std::string_view name);
std::optional<Decimal> read_optional(StateReader& in, std::string_view name);
std::optional<UtcTime> read_optional_time(StateReader& in, std::string_view name);

}  // namespace vault::engine
