// An SMSC made of node-smpp, driven by JSON lines: commands on stdin, events on
// stdout. The Go test beside it is its only user. It codes, splits and joins
// texts itself, so that it shares nothing with what it tests.
'use strict';

const readline = require('readline');
const smpp = require('smpp');

const account = {system_id: 'shop', password: 'secret'};
const state = {refuse: 0, throttle: 0, receipts: 'text', nextID: 0x33e95179, nextRef: 1, nextBind: 1};
const binds = new Map(); // number of the bind -> session
const halves = new Map(); // texts that lack a part

function tell(event, fields) {
	process.stdout.write(JSON.stringify({event, ...fields}) + '\n');
}

function statusOfBind(pdu) {
	if (pdu.system_id !== account.system_id) {
		return smpp.ESME_RINVSYSID;
	}
	return pdu.password === account.password ? state.refuse : smpp.ESME_RINVPASWD;
}

function onBind(session, pdu) {
	const status = statusOfBind(pdu);
	session.send(pdu.response({command_status: status, system_id: 'node-smpp'}));
	tell('bind', {bind: session.number, mode: pdu.command, status});
	if (status !== 0) {
		session.close();
		return;
	}
	session.mode = pdu.command;
	binds.set(session.number, session);
}

// partOf reads the concatenation element of a header that node-smpp has cut
// into elements.
function partOf(pdu) {
	for (const element of (pdu.short_message && pdu.short_message.udh) || []) {
		if (element[0] === 0x00) {
			return {ref: element[2], total: element[3], part: element[4]};
		}
		if (element[0] === 0x08) {
			return {ref: element.readUInt16BE(2), total: element[4], part: element[5]};
		}
	}
	if (pdu.sar_total_segments !== undefined) {
		return {ref: pdu.sar_msg_ref_num, total: pdu.sar_total_segments, part: pdu.sar_segment_seqnum};
	}
	return {ref: 0, total: 1, part: 1};
}

function textOf(pdu) {
	const message = pdu.message_payload || pdu.short_message;
	return message.message !== undefined ? message.message : message;
}

// collect returns the whole text once its last part is there.
function collect(pdu) {
	const {ref, total, part} = partOf(pdu);
	const key = [pdu.source_addr, pdu.destination_addr, ref, total].join('/');
	const parts = halves.get(key) || [];
	parts[part - 1] = textOf(pdu);
	halves.set(key, parts);
	if (parts.filter((p) => p !== undefined).length < total) {
		return;
	}
	halves.delete(key);
	tell('text', {from: pdu.source_addr, to: pdu.destination_addr, text: parts.join(''), parts: total});
}

function onSubmit(session, pdu) {
	if (state.throttle > 0) {
		state.throttle--;
		session.send(pdu.response({command_status: smpp.ESME_RTHROTTLED}));
		tell('throttled', {});
		return;
	}
	const id = ++state.nextID;
	session.send(pdu.response({message_id: id.toString(16)}));
	tell('mt', {
		id: id.toString(16), bind: session.number, data_coding: pdu.data_coding, esm_class: pdu.esm_class,
		registered: pdu.registered_delivery, validity: String(pdu.validity_period || ''),
	});
	collect(pdu);
	if (pdu.registered_delivery === 1) {
		sendReceipt(session, pdu, id);
	}
}

// sendReceipt writes the id as a decimal number, the response had it as a
// hexadecimal one.
function sendReceipt(session, pdu, id) {
	const receipt = {
		source_addr_ton: 1, source_addr_npi: 1, source_addr: pdu.destination_addr, destination_addr: pdu.source_addr,
		esm_class: smpp.ESM_CLASS.MC_DELIVERY_RECEIPT,
	};
	if (state.receipts === 'tlv') {
		receipt.receipted_message_id = String(id);
		receipt.message_state = smpp.MESSAGE_STATE.DELIVERED;
	} else {
		receipt.short_message = `id:${id} sub:001 dlvrd:001 submit date:2611221200 done date:2611221200 stat:DELIVRD err:000 text:`;
	}
	const to = receiver(session);
	to.deliver_sm(receipt, (answer) => tell('receipt_answered', {status: answer.command_status}));
}

// receiver returns a bind that takes deliveries, the given one if it does.
function receiver(preferred) {
	if (preferred && preferred.mode !== 'bind_transmitter') {
		return preferred;
	}
	for (const session of binds.values()) {
		if (session.mode !== 'bind_transmitter') {
			return session;
		}
	}
	throw new Error('no bind takes deliveries');
}

// sendMO codes and splits a text as a handset and its network do, also in the
// middle of a surrogate pair.
function sendMO({from, to, text}) {
	const gsm = smpp.encodings.ASCII.match(text);
	const single = gsm ? 160 : 70;
	const room = gsm ? 152 : 66;
	const pdu = {source_addr_ton: 1, source_addr_npi: 1, source_addr: from, destination_addr: to, data_coding: gsm ? 0 : 8};
	if (text.length <= single) {
		return [{...pdu, short_message: {message: text}}];
	}
	const texts = [];
	for (let at = 0; at < text.length; at += room) {
		texts.push(text.slice(at, at + room));
	}
	const ref = state.nextRef++;
	return texts.map((message, i) => ({
		...pdu, short_message: {udh: Buffer.from([5, 0, 3, ref & 0xff, texts.length, i + 1]), message},
	}));
}

const commands = {
	mo(command) {
		for (const pdu of sendMO(command)) {
			receiver().deliver_sm(pdu, (answer) => tell('mo_answered', {status: answer.command_status}));
		}
	},
	set({name, value}) {
		state[name] = value;
		tell('set', {name});
	},
	drop() {
		for (const session of binds.values()) {
			session.destroy();
		}
	},
	unbind() {
		for (const session of binds.values()) {
			session.unbind((answer) => {
				tell('unbound', {status: answer.command_status});
				session.close();
			});
		}
	},
	enquire() {
		receiver().enquire_link((answer) => tell('alive', {status: answer.command_status}));
	},
};

const server = smpp.createServer((session) => {
	session.number = state.nextBind++;
	for (const mode of ['bind_transceiver', 'bind_receiver', 'bind_transmitter']) {
		session.on(mode, (pdu) => onBind(session, pdu));
	}
	session.on('submit_sm', (pdu) => onSubmit(session, pdu));
	session.on('enquire_link', (pdu) => session.send(pdu.response()));
	session.on('unbind', (pdu) => {
		session.send(pdu.response());
		tell('unbind', {bind: session.number});
		session.close();
	});
	session.on('error', (error) => tell('session_error', {text: String(error)}));
	session.on('close', () => {
		binds.delete(session.number);
		tell('closed', {bind: session.number});
	});
});

server.listen(0, '127.0.0.1', () => tell('listening', {port: server.address().port}));
readline.createInterface({input: process.stdin})
	.on('line', (line) => {
		const command = JSON.parse(line);
		commands[command.do](command);
	})
	.on('close', () => process.exit(0)); // the test is over
