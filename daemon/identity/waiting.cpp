#include "daemon/identity/waiting.hpp"

#include <fmt/format.h>

namespace vault::identity {

Error too_often(Duration wait) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    return Error{Errc::RateLimited,
                 "too many tries",
                 {},
                 fmt::format("wait {} and try again", format_duration(seconds))};
}

}  // namespace vault::identity
