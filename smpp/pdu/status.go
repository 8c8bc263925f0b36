package pdu

import "fmt"

// Status is a command_status (SMPP v3.4, 5.1.3). Values of the reserved and
// vendor ranges are kept as they are.
type Status uint32

// The command states of SMPP v3.4, table 5-2.
const (
	StatusOK              Status = 0x00000000 // no error
	StatusInvMsgLen       Status = 0x00000001 // message length is invalid
	StatusInvCmdLen       Status = 0x00000002 // command length is invalid
	StatusInvCmdID        Status = 0x00000003 // invalid command id
	StatusInvBndSts       Status = 0x00000004 // incorrect bind status for the command
	StatusAlyBnd          Status = 0x00000005 // ESME already in bound state
	StatusInvPrtFlg       Status = 0x00000006 // invalid priority flag
	StatusInvRegDlvFlg    Status = 0x00000007 // invalid registered_delivery
	StatusSysErr          Status = 0x00000008 // system error
	StatusInvSrcAdr       Status = 0x0000000A // invalid source address
	StatusInvDstAdr       Status = 0x0000000B // invalid destination address
	StatusInvMsgID        Status = 0x0000000C // message id is invalid
	StatusBindFail        Status = 0x0000000D // bind failed
	StatusInvPaswd        Status = 0x0000000E // invalid password
	StatusInvSysID        Status = 0x0000000F // invalid system id
	StatusCancelFail      Status = 0x00000011 // cancel_sm failed
	StatusReplaceFail     Status = 0x00000013 // replace_sm failed
	StatusMsgQFul         Status = 0x00000014 // message queue full
	StatusInvSerTyp       Status = 0x00000015 // invalid service type
	StatusInvNumDests     Status = 0x00000033 // invalid number of destinations
	StatusInvDLName       Status = 0x00000034 // invalid distribution list name
	StatusInvDestFlag     Status = 0x00000040 // invalid destination flag
	StatusInvSubRep       Status = 0x00000042 // submit with replace is not supported
	StatusInvEsmClass     Status = 0x00000043 // invalid esm_class
	StatusCntSubDL        Status = 0x00000044 // cannot submit to distribution list
	StatusSubmitFail      Status = 0x00000045 // submit failed
	StatusInvSrcTON       Status = 0x00000048 // invalid source TON
	StatusInvSrcNPI       Status = 0x00000049 // invalid source NPI
	StatusInvDstTON       Status = 0x00000050 // invalid destination TON
	StatusInvDstNPI       Status = 0x00000051 // invalid destination NPI
	StatusInvSysTyp       Status = 0x00000053 // invalid system_type
	StatusInvRepFlag      Status = 0x00000054 // invalid replace_if_present flag
	StatusInvNumMsgs      Status = 0x00000055 // invalid number of messages
	StatusThrottled       Status = 0x00000058 // throttling: the ESME exceeded its allowed rate
	StatusInvSched        Status = 0x00000061 // invalid scheduled delivery time
	StatusInvExpiry       Status = 0x00000062 // invalid validity period
	StatusInvDftMsgID     Status = 0x00000063 // predefined message is invalid or not found
	StatusRXTAppn         Status = 0x00000064 // ESME receiver temporary error: send again
	StatusRXPAppn         Status = 0x00000065 // ESME receiver permanent error
	StatusRXRAppn         Status = 0x00000066 // ESME receiver rejects the message
	StatusQueryFail       Status = 0x00000067 // query_sm failed
	StatusInvOptParStream Status = 0x000000C0 // error in the optional part
	StatusOptParNotAllwd  Status = 0x000000C1 // optional parameter not allowed
	StatusInvParLen       Status = 0x000000C2 // invalid parameter length
	StatusMissingOptParam Status = 0x000000C3 // expected optional parameter is missing
	StatusInvOptParamVal  Status = 0x000000C4 // invalid optional parameter value
	StatusDeliveryFailure Status = 0x000000FE // delivery failure (data_sm_resp)
	StatusUnknownErr      Status = 0x000000FF // unknown error
)

var statusNames = map[Status]string{
	StatusOK:              "ESME_ROK",
	StatusInvMsgLen:       "ESME_RINVMSGLEN",
	StatusInvCmdLen:       "ESME_RINVCMDLEN",
	StatusInvCmdID:        "ESME_RINVCMDID",
	StatusInvBndSts:       "ESME_RINVBNDSTS",
	StatusAlyBnd:          "ESME_RALYBND",
	StatusInvPrtFlg:       "ESME_RINVPRTFLG",
	StatusInvRegDlvFlg:    "ESME_RINVREGDLVFLG",
	StatusSysErr:          "ESME_RSYSERR",
	StatusInvSrcAdr:       "ESME_RINVSRCADR",
	StatusInvDstAdr:       "ESME_RINVDSTADR",
	StatusInvMsgID:        "ESME_RINVMSGID",
	StatusBindFail:        "ESME_RBINDFAIL",
	StatusInvPaswd:        "ESME_RINVPASWD",
	StatusInvSysID:        "ESME_RINVSYSID",
	StatusCancelFail:      "ESME_RCANCELFAIL",
	StatusReplaceFail:     "ESME_RREPLACEFAIL",
	StatusMsgQFul:         "ESME_RMSGQFUL",
	StatusInvSerTyp:       "ESME_RINVSERTYP",
	StatusInvNumDests:     "ESME_RINVNUMDESTS",
	StatusInvDLName:       "ESME_RINVDLNAME",
	StatusInvDestFlag:     "ESME_RINVDESTFLAG",
	StatusInvSubRep:       "ESME_RINVSUBREP",
	StatusInvEsmClass:     "ESME_RINVESMCLASS",
	StatusCntSubDL:        "ESME_RCNTSUBDL",
	StatusSubmitFail:      "ESME_RSUBMITFAIL",
	StatusInvSrcTON:       "ESME_RINVSRCTON",
	StatusInvSrcNPI:       "ESME_RINVSRCNPI",
	StatusInvDstTON:       "ESME_RINVDSTTON",
	StatusInvDstNPI:       "ESME_RINVDSTNPI",
	StatusInvSysTyp:       "ESME_RINVSYSTYP",
	StatusInvRepFlag:      "ESME_RINVREPFLAG",
	StatusInvNumMsgs:      "ESME_RINVNUMMSGS",
	StatusThrottled:       "ESME_RTHROTTLED",
	StatusInvSched:        "ESME_RINVSCHED",
	StatusInvExpiry:       "ESME_RINVEXPIRY",
	StatusInvDftMsgID:     "ESME_RINVDFTMSGID",
	StatusRXTAppn:         "ESME_RX_T_APPN",
	StatusRXPAppn:         "ESME_RX_P_APPN",
	StatusRXRAppn:         "ESME_RX_R_APPN",
	StatusQueryFail:       "ESME_RQUERYFAIL",
	StatusInvOptParStream: "ESME_RINVOPTPARSTREAM",
	StatusOptParNotAllwd:  "ESME_ROPTPARNOTALLWD",
	StatusInvParLen:       "ESME_RINVPARLEN",
	StatusMissingOptParam: "ESME_RMISSINGOPTPARAM",
	StatusInvOptParamVal:  "ESME_RINVOPTPARAMVAL",
	StatusDeliveryFailure: "ESME_RDELIVERYFAILURE",
	StatusUnknownErr:      "ESME_RUNKNOWNERR",
}

// String returns the name and the number, such as "ESME_RTHROTTLED
// (0x00000058)"; numbers outside the table are "ESME_R? (0x00000400)".
func (s Status) String() string {
	name, ok := statusNames[s]
	if !ok {
		name = "ESME_R?"
	}
	return fmt.Sprintf("%s (0x%08X)", name, uint32(s))
}

// ParseStatus reads a status as a configuration or a script writes it: the
// name ("ESME_RTHROTTLED") or the number ("0x58", "88").
func ParseStatus(text string) (Status, error) {
	for s, name := range statusNames {
		if name == text {
			return s, nil
		}
	}
	n, err := parseUint32(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a command status: write a name such as ESME_RTHROTTLED or a number such as 0x58", text)
	}
	return Status(n), nil
}
