#pragma once
// From the parameters of AddOrder, AmendOrder and EditOrder to what the engine takes. What the
// emulator does not have (margin, trailing stops) is refused by the parameter's name. Pure; any
// thread.
#include "tests/emulator/kraken/rest/endpoint.hpp"

namespace vault::kraken_emulator {

// A UUID with or without dashes, or up to 18 visible ASCII characters.
bool is_client_id(std::string_view text);

// `arrived` is when the request came. `pair` is that of the batch, or nullopt to read it from the
// parameters.
Answer<OrderTerms> asked_terms(const Exchange& exchange, const Params& params, Moment arrived,
                               std::optional<PairNo> pair);
Answer<Amendment> asked_amendment(const Params& params, Moment arrived);
// `old` are the terms of the order that is edited. Of its flags only post_only can change.
Answer<Edit> asked_edit(const Exchange& exchange, const Params& params, Moment arrived,
                        const OrderTerms& old);
// 2 to 60 s ahead of `arrived`; kNever if not given.
Answer<Moment> asked_deadline(const Params& params, Moment arrived);

}  // namespace vault::kraken_emulator
