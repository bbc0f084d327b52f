#include "daemon/store/sqlite/codec.hpp"

#include <cstring>

namespace vault::store {

void Binder::operator()(const char*, const std::optional<UtcTime>& x) {
    if (x)
        integer(x->time_since_epoch().count());
    else
        statement_.bind_null(next_++);
}

void Binder::operator()(const char*, const Decimal& x) {
    statement_.bind_copy(next_++, x.text());
}

void Binder::operator()(const char*, const Digest& x) {
    statement_.bind_blob(next_++, {reinterpret_cast<const char*>(x.data()), x.size()});
}

void Binder::operator()(const char*, const std::vector<Asset>& x) {
    std::string list;
    for (const Asset& asset : x) {
        if (!list.empty()) list.push_back(',');
        list.append(asset.text());
    }
    statement_.bind_copy(next_++, list);
}

void Decoder::operator()(const char*, std::optional<UtcTime>& x) {
    const int column = column_++;
    if (statement_.is_null(column))
        x.reset();
    else
        x = UtcTime{Duration{statement_.integer(column)}};
}

void Decoder::operator()(const char* name, Digest& x) {
    const std::string_view bytes = statement_.text(column_++);
    if (bytes.size() == x.size())
        std::memcpy(x.data(), bytes.data(), x.size());
    else
        refuse(name, "a digest of " + std::to_string(bytes.size()) + " bytes");
}

void Decoder::operator()(const char* name, std::vector<Asset>& x) {
    const std::string_view text = statement_.text(column_++);
    x.clear();
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        auto asset = Asset::parse(text.substr(from, comma - from));
        if (!asset) return refuse(name, text);
        x.push_back(asset.value());
        from = comma + 1;
    }
}

void Decoder::refuse(const char* name, std::string_view text) {
    if (error_) return;
    error_ = Error{Errc::StoreInvalid,
                   "column " + std::string{name} + " holds '" + std::string{text.substr(0, 40)} +
                       "', which is not what vaultd writes there",
                   "store", "run a full check and restore the newest verified backup"};
}

}  // namespace vault::store
