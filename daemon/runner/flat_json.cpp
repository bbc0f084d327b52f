#include "daemon/runner/flat_json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>

#include <algorithm>

namespace vault::runner {
namespace {

namespace json = boost::json;

// Fills a FlatObject; refuses at once what is not flat.
class Collector {
  public:
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;
    using Fault = json::error_code;

    FlatObject object;

    bool on_document_begin(Fault&) { return true; }
    bool on_document_end(Fault&) { return true; }
    bool on_object_begin(Fault& fault) {
        if (++depth_ > 2) return refuse("objects are nested too deep", fault);
        if (depth_ == 2) outer_ = std::exchange(name_, {}) + ".";
        return true;
    }
    bool on_object_end(std::size_t, Fault&) {
        if (--depth_ == 1) outer_.clear();
        return true;
    }
    bool on_array_begin(Fault& fault) { return refuse("a list", fault); }
    bool on_array_end(std::size_t, Fault&) { return true; }
    bool on_key_part(json::string_view part, std::size_t, Fault&) {
        key_.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, Fault& fault) {
        key_.append(part.data(), part.size());
        name_ = outer_ + std::exchange(key_, {});
        if (std::find(names_.begin(), names_.end(), name_) != names_.end())
            return refuse("a key is there twice", fault);
        names_.push_back(name_);
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, Fault&) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_string(json::string_view part, std::size_t, Fault& fault) {
        text_.append(part.data(), part.size());
        Field field = of(Field::Kind::Text);
        field.text = std::exchange(text_, {});
        return add(std::move(field), fault);
    }
    bool on_number_part(json::string_view, Fault&) { return true; }
    bool on_int64(std::int64_t value, json::string_view, Fault& fault) {
        if (value < 0) return refuse("a negative number", fault);
        return on_uint64(static_cast<std::uint64_t>(value), {}, fault);
    }
    bool on_uint64(std::uint64_t value, json::string_view, Fault& fault) {
        Field field = of(Field::Kind::Integer);
        field.integer = value;
        return add(std::move(field), fault);
    }
    bool on_double(double, json::string_view, Fault& fault) {
        return refuse("a number that is not whole: decimals are strings", fault);
    }
    bool on_bool(bool value, Fault& fault) {
        Field field = of(Field::Kind::Flag);
        field.flag = value;
        return add(std::move(field), fault);
    }
    bool on_null(Fault& fault) { return add(of(Field::Kind::Null), fault); }
    bool on_comment_part(json::string_view, Fault&) { return true; }
    bool on_comment(json::string_view, Fault&) { return true; }

  private:
    static Field of(Field::Kind kind) {
        Field field;
        field.kind = kind;
        return field;
    }
    bool refuse(const char* why, Fault& fault) {
        object.fault = why;
        fault = json::error::syntax;
        return false;
    }
    bool add(Field field, Fault& fault) {
        if (depth_ == 0) return refuse("no object", fault);
        if (object.fields.size() == kMostFields) return refuse("too many fields", fault);
        field.name = std::exchange(name_, {});
        object.fields.push_back(std::move(field));
        return true;
    }

    static constexpr std::size_t kMostFields = 64;
    int depth_ = 0;
    std::string outer_, key_, name_, text_;
    std::vector<std::string> names_;
};

}  // namespace

FlatObject parse_flat(std::string_view text) {
    json::parse_options options;
    options.max_depth = 4;
    json::basic_parser<Collector> parser(options);
    json::error_code fault;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), fault);
    FlatObject object = std::move(parser.handler().object);
    if (object.fault.empty() && fault) object.fault = fault.message();
    if (object.fault.empty() && used != text.size()) object.fault = "something follows the object";
    return object;
}

void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        } else {
            out += c;
        }
    }
    out += '"';
}

}  // namespace vault::runner
