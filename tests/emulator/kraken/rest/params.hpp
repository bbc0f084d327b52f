#pragma once
// Params: what a request asks with, from a query, a form or a JSON body alike. What an object
// within one has is named as a form names it, "close[price]". A value keeps its text, so a price
// that was sent as a string is read to the last digit. Getters answer "not given" as nullopt and
// refuse what they cannot read by its name. One thread.
#include "common/domain/decimal.hpp"
#include "tests/emulator/kraken/exchange/moment.hpp"
#include "tests/emulator/kraken/exchange/refusal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::kraken_emulator {

class Params {
  public:
    // "a=1&b=%2B5"; a '+' is a blank. Of names that come twice the last one counts.
    static Answer<Params> from_form(std::string_view text);
    static Answer<Params> from_json(std::string_view text);
    static Params from_object(const boost::json::object& object);

    // Empty values count as not given, as Kraken takes them.
    std::optional<std::string> text(std::string_view name) const;
    Answer<std::optional<Decimal>> decimal(std::string_view name) const;
    Answer<std::optional<std::int64_t>> integer(std::string_view name) const;
    Answer<bool> flag(std::string_view name, bool otherwise) const;
    Answer<std::optional<Moment>> rfc3339(std::string_view name) const;
    // "a,b,c"; empty if not given.
    std::vector<std::string> list(std::string_view name) const;
    // A JSON array; nullptr if there is none of that name.
    const boost::json::array* array(std::string_view name) const;

  private:
    std::map<std::string, std::string, std::less<>> texts_;
    std::map<std::string, boost::json::array, std::less<>> arrays_;
};

}  // namespace vault::kraken_emulator
