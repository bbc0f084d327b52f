#pragma once
// What the paged endpoints share: the span of time that is asked for, and the page. Start is
// exclusive, end inclusive; 50 rows a page, newest first. One thread.
#include "tests/emulator/kraken/rest/endpoint.hpp"
#include "tests/emulator/kraken/wire/json_writer.hpp"

#include <functional>

namespace vault::kraken_emulator {

inline constexpr std::size_t kPageRows = 50;

struct TimeRange {
    Moment after = Moment::min();
    Moment until = Moment::max();
    bool contains(Moment time) const { return time > after && time <= until; }
};

// `start` and `end` are unix seconds or an id; `time_of` finds the moment of an id.
Answer<TimeRange> asked_range(
    const Params& params, const std::function<std::optional<Moment>(std::string_view)>& time_of);

struct Page {
    std::size_t offset = 0;
    bool count = true;  // the answer tells how many there are in all

    bool shows(std::size_t index) const { return index >= offset && index < offset + kPageRows; }
};
Answer<Page> asked_page(const Params& params);

// {"<key>":{<page>},"count":n} of `rows`, newest first; `write` adds "id":{…}.
template <class Row, class Write>
std::string paged(std::string_view key, const std::vector<Row>& rows, Page page, Write write) {
    JsonWriter json;
    json.begin_object().key(key).begin_object();
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (page.shows(i)) write(json, rows[i]);
    json.end_object();
    if (page.count) json.key("count").number(rows.size());
    return json.end_object().take();
}

}  // namespace vault::kraken_emulator
