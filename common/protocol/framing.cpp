#include "common/protocol/framing.hpp"

#include <array>

namespace vault::protocol {

bool looks_like_http(std::string_view line) {
    static constexpr std::array<std::string_view, 8> kVerbs{
        "GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT "};
    for (const auto verb : kVerbs)
        if (line.starts_with(verb)) return true;
    return false;
}

void LineSplitter::feed(std::string_view bytes) {
    if (fault_ != Fault::None) return;
    if (start_ > 0 && start_ == buffer_.size()) {
        buffer_.clear();
        start_ = scanned_ = 0;
    }
    buffer_.append(bytes);
}

std::optional<std::string> LineSplitter::next() {
    while (fault_ == Fault::None) {
        if (first_ && looks_like_http(std::string_view(buffer_).substr(start_))) {
            fault_ = Fault::Http;
            break;
        }
        const auto end = buffer_.find('\n', scanned_);
        const auto stop = end == std::string::npos ? buffer_.size() : end;
        if (stop - start_ > limit_) {
            fault_ = Fault::TooLong;
            break;
        }
        if (end == std::string::npos) {
            buffer_.erase(0, start_);
            start_ = 0;
            scanned_ = buffer_.size();
            return std::nullopt;
        }
        std::string_view line(buffer_.data() + start_, end - start_);
        if (line.ends_with('\r')) line.remove_suffix(1);
        std::string copy(line);
        start_ = scanned_ = end + 1;
        if (copy.empty()) continue;
        first_ = false;
        return copy;
    }
    return std::nullopt;
}

}  // namespace vault::protocol
