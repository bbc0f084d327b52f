#pragma once
// JsonWriter: JSON text in the order and with the digits that it is told. A library would turn
// 68342.10 into 6.83421E4: valid, but not what Kraken sends, and the digits are part of the
// protocol. Braces and commas are its business; that keys stand in objects alone is the caller's.
// Clients send what is no UTF-8, and JSON has to be: such bytes become U+FFFD. One thread.
#include "common/domain/decimal.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace vault::kraken_emulator {

class JsonWriter {
  public:
    JsonWriter() { out_.reserve(kUsual); }

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);

    JsonWriter& text(std::string_view value);  // a string
    JsonWriter& raw(std::string_view value);   // a number with its digits, or a whole document
    JsonWriter& null() { return raw("null"); }
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    template <std::integral T>
    JsonWriter& number(T value) {
        return raw(std::to_string(value));
    }
    // {"name": value}, the usual case.
    JsonWriter& member(std::string_view name, std::string_view value) {
        return key(name).text(value);
    }
    JsonWriter& raw_member(std::string_view name, std::string_view value) {
        return key(name).raw(value);
    }
    JsonWriter& flag(std::string_view name, bool value) { return key(name).boolean(value); }

    const std::string& str() const { return out_; }
    std::string take() { return std::move(out_); }

  private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void separate();

    static constexpr std::size_t kUsual = 480;  // bytes of most messages

    std::string out_;
    bool first_ = true;  // of its object or array, or right behind a key
};

}  // namespace vault::kraken_emulator
