#include "tests/emulator/kraken/bench/flat_message.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>

namespace vault::emulator_load {
namespace {

namespace json = boost::json;
using json::error_code;
using View = json::string_view;

// What the parser tells, in the order of the text.
struct Handler {
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_array_begin(error_code&) {
        if (ends.size() == 1 && path == "data") in_rows = true;
        return true;
    }
    bool on_array_end(std::size_t, error_code&) {
        if (ends.size() == 1) in_rows = false;
        return true;
    }
    bool on_object_begin(error_code&) {
        if (in_rows && ends.size() == 1) {
            out.rows.emplace_back();
            path.clear();
        }
        if (!path.empty() && path.back() != '.') path += '.';
        ends.push_back(path.size());
        return true;
    }
    bool on_object_end(std::size_t, error_code&) {
        path.resize(ends.back());
        ends.pop_back();
        return true;
    }
    bool on_key_part(View s, std::size_t, error_code&) { return keep(s); }
    bool on_key(View s, std::size_t, error_code&) {
        keep(s);
        path.resize(ends.back());
        path += std::exchange(part, {});
        return true;
    }
    bool on_string_part(View s, std::size_t, error_code&) { return keep(s); }
    bool on_string(View s, std::size_t, error_code&) { return add(s); }
    bool on_number_part(View s, error_code&) { return keep(s); }
    bool on_int64(std::int64_t, View s, error_code&) { return add(s); }
    bool on_uint64(std::uint64_t, View s, error_code&) { return add(s); }
    bool on_double(double, View s, error_code&) { return add(s); }
    bool on_bool(bool value, error_code&) { return add(value ? "true" : "false"); }
    bool on_null(error_code&) { return true; }
    bool on_comment_part(View, error_code&) { return true; }
    bool on_comment(View, error_code&) { return true; }

    bool keep(View s) {
        part.append(s.data(), s.size());
        return true;
    }
    bool add(View s) {
        keep(s);
        Fields& to = in_rows && !out.rows.empty() ? out.rows.back() : out.head;
        to.add(path, std::exchange(part, {}));
        return true;
    }

    FlatMessage out;
    std::string path, part;
    std::vector<std::size_t> ends;  // where the path ends of each object that is open
    bool in_rows = false;
};

}  // namespace

std::string_view Fields::text(std::string_view name) const {
    const auto at = std::find_if(all_.begin(), all_.end(),
                                 [&](const auto& each) { return each.first == name; });
    return at == all_.end() ? std::string_view{} : std::string_view{at->second};
}

std::optional<FlatMessage> FlatMessage::parse(std::string_view text) {
    json::basic_parser<Handler> parser{json::parse_options{}};
    error_code status;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), status);
    if (status || read != text.size()) return std::nullopt;
    return std::move(parser.handler().out);
}

}  // namespace vault::emulator_load
