#pragma once
// Binds the fields of a row to a statement and reads them back, driven by row_fields.hpp. Values
// that do not parse (a file edited by hand) become StoreInvalid with table column and text, never a
// guess. One thread at a time, like the statement.
#include "daemon/store/people_fields.hpp"
#include "daemon/store/sqlite/connection.hpp"

namespace vault::store {

class Binder {
  public:
    explicit Binder(Statement& statement) : statement_(statement) {}

    void operator()(const char*, const std::string& x) { statement_.bind(next_++, x); }
    void operator()(const char*, std::uint8_t x) { integer(x); }
    void operator()(const char*, std::uint32_t x) { integer(x); }
    void operator()(const char*, std::uint64_t x) { integer(static_cast<std::int64_t>(x)); }
    void operator()(const char*, UtcTime x) { integer(x.time_since_epoch().count()); }
    void operator()(const char*, const Decimal& x);
    void operator()(const char*, bool x) { integer(x ? 1 : 0); }
    void operator()(const char*, const Digest& x) { blob(x); }
    void operator()(const char*, const ports::Nonce& x) { blob(x); }
    void operator()(const char*, Bytes<const std::string> x) {
        statement_.bind_blob(next_++, x.value);
    }
    void operator()(const char*, ports::TotpHash x);
    void operator()(const char*, PermissionSet x) { statement_.bind_copy(next_++, to_text(x)); }
    void operator()(const char*, const Asset& x) { statement_.bind(next_++, x.text()); }
    void operator()(const char*, const Pair& x) { statement_.bind_copy(next_++, x.text()); }
    void operator()(const char*, const std::vector<Asset>& x);
    void operator()(const char*, const std::vector<UtcTime>& x);
    void operator()(const char*, const std::vector<std::string>& x);
    template <class T, class Tag>
    void operator()(const char* name, const Strong<T, Tag>& x) {
        (*this)(name, x.value);
    }
    template <class T>
    void operator()(const char* name, const std::optional<T>& x) {
        if (x)
            (*this)(name, *x);
        else
            (*this)(name, Absent{});
    }
    template <class O>
    void operator()(const char*, Presence<O> x) {
        integer(x.value ? 1 : 0);
    }
    void operator()(const char*, Absent) { statement_.bind_null(next_++); }
    template <class E>
    requires std::is_enum_v<E>
    void operator()(const char*, E x) { statement_.bind(next_++, to_text(x)); }

  private:
    void integer(std::int64_t x) { statement_.bind(next_++, x); }
    template <std::size_t kSize>
    void blob(const std::array<std::uint8_t, kSize>& x) {
        statement_.bind_blob(next_++, {reinterpret_cast<const char*>(x.data()), kSize});
    }
    Statement& statement_;
    int next_ = 1;
};

class Decoder {
  public:
    explicit Decoder(const Statement& statement) : statement_(statement) {}

    void operator()(const char*, std::string& x) { x = statement_.text(column_++); }
    void operator()(const char* name, std::uint8_t& x) { narrow(name, x); }
    void operator()(const char* name, std::uint32_t& x) { narrow(name, x); }
    void operator()(const char*, std::uint64_t& x) {
        x = static_cast<std::uint64_t>(statement_.integer(column_++));
    }
    void operator()(const char*, UtcTime& x) {
        x = UtcTime{Duration{statement_.integer(column_++)}};
    }
    void operator()(const char* name, Decimal& x) { parsed(name, x, &Decimal::parse); }
    void operator()(const char* name, bool& x);
    void operator()(const char* name, Digest& x) { blob(name, x); }
    void operator()(const char* name, ports::Nonce& x) { blob(name, x); }
    void operator()(const char*, Bytes<std::string> x) { x.value = statement_.text(column_++); }
    void operator()(const char* name, ports::TotpHash& x);
    void operator()(const char* name, PermissionSet& x) { parsed(name, x, &parse_permissions); }
    void operator()(const char* name, UserStatus& x) { parsed(name, x, &parse_user_status); }
    void operator()(const char* name, Asset& x) { parsed(name, x, &Asset::parse); }
    void operator()(const char* name, Pair& x) { parsed(name, x, &Pair::parse); }
    void operator()(const char* name, std::vector<Asset>& x);
    void operator()(const char* name, std::vector<UtcTime>& x);
    void operator()(const char* name, std::vector<std::string>& x);
    void operator()(const char* name, Mode& x) { parsed(name, x, &parse_mode); }
    void operator()(const char* name, Side& x) { parsed(name, x, &parse_side); }
    void operator()(const char* name, Role& x) { parsed(name, x, &parse_role); }
    void operator()(const char* name, SleeveKind& x) { parsed(name, x, &parse_sleeve_kind); }
    void operator()(const char* name, OrderState& x) { parsed(name, x, &parse_order_state); }
    void operator()(const char* name, ports::KeyState& x) {
        parsed(name, x, &ports::parse_key_state);
    }
    void operator()(const char* name, ports::IpRestriction& x) {
        parsed(name, x, &ports::parse_ip_restriction);
    }
    void operator()(const char* name, ports::KeyPolicy& x) {
        parsed(name, x, &ports::parse_key_policy);
    }
    template <class T, class Tag>
    void operator()(const char* name, Strong<T, Tag>& x) {
        (*this)(name, x.value);
    }
    template <class T>
    void operator()(const char* name, std::optional<T>& x) {
        x.reset();
        if (statement_.is_null(column_))
            ++column_;
        else
            (*this)(name, x.emplace());
    }
    template <class O>
    void operator()(const char* name, Presence<O> x) {
        bool there = false;
        (*this)(name, there);
        x.value.reset();
        if (there) x.value.emplace();
    }
    void operator()(const char* name, Absent);

    // The first field that did not parse.
    const std::optional<Error>& error() const { return error_; }

  private:
    template <class T>
    void parsed(const char* name, T& x, Result<T> (*parse)(std::string_view)) {
        const std::string_view text = statement_.text(column_++);
        auto value = parse(text);
        if (value)
            x = std::move(value).value();
        else
            refuse(name, text);
    }
    template <class T>
    void narrow(const char* name, T& x) {
        const std::int64_t number = statement_.integer(column_++);
        x = static_cast<T>(number);
        if (x != number) refuse(name, std::to_string(number));
    }
    template <std::size_t kSize>
    void blob(const char* name, std::array<std::uint8_t, kSize>& x) {
        const std::string_view bytes = statement_.text(column_++);
        if (bytes.size() == kSize)
            std::copy(bytes.begin(), bytes.end(), x.begin());
        else
            refuse_size(name, bytes.size());
    }
    void refuse(const char* name, std::string_view text);
    void refuse_size(const char* name, std::size_t bytes);

    const Statement& statement_;
    int column_ = 0;
    std::optional<Error> error_;
};

template <class Row>
Result<Row> decode(const Statement& statement) {
    Row row;
    Decoder decoder{statement};
    fields(row, decoder);
    if (decoder.error()) return *decoder.error();
    return row;
}

// "\"vault\",\"seq\",…": the columns of a row, in field order.
template <class Row>
std::string column_list() {
    std::string list;
    const Row row{};
    fields(row, [&list](const char* name, const auto&) {
        list.append(list.empty() ? "\"" : ",\"").append(name).append("\"");
    });
    return list;
}

}  // namespace vault::store
