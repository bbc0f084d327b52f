#include "daemon/ports/key_validator.hpp"

namespace vault::ports {

KeyFailure failure_of(const Error& error) {
    if (error.code() == Errc::RateLimited) return KeyFailure::Rate;
    const bool not_heard = error.code() == Errc::Io || error.code() == Errc::Expired;
    return not_heard ? KeyFailure::Network : KeyFailure::Exchange;
}

}  // namespace vault::ports
