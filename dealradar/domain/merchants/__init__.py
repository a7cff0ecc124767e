"""The shops that sell what deals are about."""

from dealradar.domain.merchants.queries import REF, get, listing, named
from dealradar.domain.merchants.shapes import MerchantOut, MerchantQuery, MerchantRef, MerchantSort

__all__ = ["REF", "MerchantOut", "MerchantQuery", "MerchantRef", "MerchantSort", "get", "listing", "named"]
