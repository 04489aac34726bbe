// The Graph client's published types name two of the DOM's; without these they would silently become `any`.
type HeadersInit = Record<string, string> | [string, string][];
type RequestInfo = string | URL;
